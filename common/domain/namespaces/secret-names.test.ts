import assert from 'node:assert/strict';
import { configuration, registry, secretName } from '../../../tests/fixtures/values.ts';
import type { MirrorEntry, RegistryEntry } from '../configuration/configuration.ts';
import type { Identity } from '../credentials/identity.ts';
import { secretNames } from './secret-names.ts';
import { SecretText } from '../secret-text.ts';

const [first, second, third] = [secretName, `${secretName}-1`, `${secretName}-2`];
const byKey: Identity = { kind: 'access-key-secret', secretName: 'key' };
const everyDomain = { domains: undefined };

function names(registries: readonly RegistryEntry[], mirrors: readonly MirrorEntry[] = []): readonly string[] {
  return secretNames({ configuration: configuration({ registries, mirrors }), localRegion: 'cn-hangzhou' }, secretName);
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
});
