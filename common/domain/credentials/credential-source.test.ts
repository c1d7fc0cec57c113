import assert from 'node:assert/strict';
import { configuration, registry } from '../../../tests/fixtures/values.ts';
import type { MirrorEntry, RegistryEntry } from '../configuration/configuration.ts';
import { describeSource, secretBehind, type CredentialSource } from './credential-source.ts';
import type { Identity } from './identity.ts';
import { resolveRegistries } from './resolve-registries.ts';

const mirrored: MirrorEntry = { index: 0, secretName: 'other-registry' };
const personal = registry({ edition: 'personal', instanceId: '' });
const byKey: Identity = { kind: 'access-key-secret', secretName: 'acr-key' };

function sourceOf(entry: RegistryEntry | MirrorEntry): CredentialSource {
  const parts = 'secretName' in entry ? { registries: [], mirrors: [entry] } : { registries: [entry] };
  const [source] = resolveRegistries({ configuration: configuration(parts) }).sources.values();
  assert.ok(source !== undefined);
  return source;
}

function assumedBy(base: Identity): Identity {
  return { kind: 'assumed-role', roleArn: 'acs:ram::1:role/r', sessionSeconds: 3600, base };
}

describe('describeSource', () => {
  it('calls each kind what a person calls it', () => {
    assert.deepEqual(
      [registry(), personal, mirrored].map((entry) => describeSource(sourceOf(entry))),
      ['cri-a', 'personal/cn-hangzhou', 'Secret other-registry'],
    );
  });
});

describe('secretBehind', () => {
  function behind(identity: Identity): string | undefined {
    return secretBehind(sourceOf(registry({ identity })));
  }

  it('is the Secret of a mirrored docker config', () => {
    assert.equal(secretBehind(sourceOf(mirrored)), 'other-registry');
  });

  it('is the Secret with the key pair, also beneath an assumed role', () => {
    assert.equal(behind(byKey), 'acr-key');
    assert.equal(behind(assumedBy(byKey)), 'acr-key');
  });

  it('is none for identities that are in no Secret', () => {
    assert.equal(behind({ kind: 'cluster-role' }), undefined);
    assert.equal(behind(assumedBy({ kind: 'cluster-role' })), undefined);
    assert.equal(behind({ kind: 'rrsa', roleArn: 'acs:ram::1:role/r', oidcProviderArn: 'p' }), undefined);
  });
});
