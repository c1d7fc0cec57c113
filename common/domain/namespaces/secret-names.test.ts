import assert from 'node:assert/strict';
import { configuration, registry, secretName } from '../../../tests/fixtures/values.ts';
import type { Configuration, MirrorEntry, RegistryEntry } from '../configuration/configuration.ts';
import { resolveRegistries } from '../credentials/resolve-registries.ts';
import type { Identity } from '../credentials/identity.ts';
import { secretNames } from './secret-names.ts';
import { domainSecretName } from './secret-naming.ts';
import { SecretText } from '../secret-text.ts';

const [first, second, third] = [secretName, `${secretName}-1`, `${secretName}-2`];
const byKey: Identity = { kind: 'access-key-secret', secretName: 'key' };
const everyDomain = { domains: undefined };

function names(
  registries: readonly RegistryEntry[],
  mirrors: readonly MirrorEntry[] = [],
  parts: Partial<Configuration> = {},
  hosts: readonly string[] = [],
): readonly string[] {
  const inForce = { configuration: configuration({ registries, mirrors, ...parts }), localRegion: 'cn-hangzhou' };
  const known = new Map([...resolveRegistries(inForce).sources.keys()].map((id) => [id, hosts]));
  return secretNames(inForce, secretName, hosts.length === 0 ? new Map() : known);
}

describe('secretNames', () => {
  it('is one name for registries on different hosts', () => {
    assert.deepEqual(names([registry(), registry({ index: 1, instanceId: 'cri-b', domains: ['b.io'] })]), [first]);
  });

  it('is one name where nothing is configured: a Secret that is left over must be seen', () => {
    assert.deepEqual(names([]), [first]);
  });

  it('is one more for a second credential of a host', () => {
    assert.deepEqual(names([registry(), registry({ index: 1, identity: byKey })]), [first, second]);
  });

  it('is one name for entries that share a credential', () => {
    assert.deepEqual(names([registry(), registry({ index: 1 })]), [first]);
  });

  it('counts key pairs that differ only in their secret', () => {
    const withSecret = (secret: string): Identity => ({
      kind: 'access-key',
      accessKeyId: 'LTAI',
      accessKeySecret: new SecretText(secret),
    });
    const entries = ['one', 'two'].map((secret, index) => registry({ index, identity: withSecret(secret) }));
    assert.deepEqual(names(entries), [first, second]);
  });

  it('counts credentials that discover the same hosts', () => {
    const entries = [registry(everyDomain), registry({ ...everyDomain, index: 1, identity: byKey })];
    assert.deepEqual(names(entries), [first, second]);
  });

  it('counts one that lists hosts which another discovers', () => {
    assert.deepEqual(names([registry(everyDomain), registry({ index: 1, identity: byKey })]), [first, second]);
  });

  it('takes an entry without a region for one of the cluster’s own', () => {
    const entries = [registry({ ...everyDomain, regionId: undefined }), registry({ index: 1, identity: byKey })];
    assert.deepEqual(names(entries), [first, second]);
  });

  it('adds one for each mirrored docker config, whose hosts are not known here', () => {
    const mirrors = ['one', 'two', 'two'].map((name, index) => ({ index: index + 1, secretName: name }));
    assert.deepEqual(names([registry()], mirrors), [first, second, third]);
  });

  it('is one name for nothing but a mirrored docker config', () => {
    assert.deepEqual(names([], [{ index: 0, secretName: 'one' }]), [first]);
  });

  describe('per domain', () => {
    const perDomain = { secretNaming: 'per-domain' } as const;
    const [a, b] = [domainSecretName('a.io'), domainSecretName('b.io')];

    it('is the name of each listed host, behind the aggregated one that may be left over', () => {
      assert.deepEqual(names([registry({ domains: ['a.io', 'b.io'] })], [], perDomain), [first, a, b]);
    });

    it('counts the credentials of each host', () => {
      const entries = [
        registry({ domains: ['a.io'] }),
        registry({ index: 1, domains: ['a.io', 'b.io'], identity: byKey }),
      ];
      assert.deepEqual(names(entries, [], perDomain), [first, a, `${a}-1`, b]);
    });

    it('is only the aggregated one while nobody knows the hosts of a registry', () => {
      assert.deepEqual(names([registry(everyDomain)], [], perDomain), [first]);
    });

    it('adds the hosts that a registry named, and those of a mirrored docker config', () => {
      assert.deepEqual(names([registry(everyDomain)], [], perDomain, ['a.io']), [first, a]);
      assert.deepEqual(names([], [{ index: 0, secretName: 'one' }], perDomain, ['b.io']), [first, b]);
    });
  });

  it('adds the names of the other mode when the original’s Secrets are taken over', () => {
    const [entry] = [registry({ domains: ['a.io'] })];
    assert.deepEqual(names([entry], [], { takeOver: true }), [first, domainSecretName('a.io')]);
  });
});
