import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import type { Identity } from '../../common/domain/credentials/identity.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { configuration, now, registry } from '../../tests/fixtures/values.ts';
import { refreshCredentials } from './refresh-credentials.ts';

const byKey: Identity = { kind: 'access-key-secret', secretName: 'acr-key' };
const assumed: Identity = { kind: 'assumed-role', roleArn: 'acs:ram::1:role/r', sessionSeconds: 3600, base: byKey };
const inForce = {
  configuration: configuration({
    registries: [registry({ identity: byKey }), registry({ index: 1, identity: assumed }), registry({ index: 2 })],
    mirrors: [{ index: 3, secretName: 'other-registry' }],
  }),
  version: 'c1',
};
const [keySource = '', assumedSource = '', , mirrorSource = ''] = resolveRegistries(inForce).sources.keys();

describe('refreshCredentials', () => {
  async function refresh(secretName: string, isConfigured = true): Promise<readonly unknown[]> {
    const configurations = createMemoryConfigurationStore();
    if (isConfigured) await configurations.write(inForce);
    const done: unknown[] = [];
    const handle = refreshCredentials({
      configurations,
      credentials: { markStale: async (ids, at) => void done.push([...ids, at]) },
      bus: { publish: async (name) => void done.push(name) },
      clock: () => now,
    });
    const signal = new AbortController().signal;
    await handle({ data: { secretName }, urgency: 'unserved', attempt: 1, signal });
    return done;
  }

  it('makes every credential due that comes from the changed key pair, and has them fetched', async () => {
    assert.deepEqual(await refresh('acr-key'), [[keySource, assumedSource, now], 'credential.renew-due']);
  });

  it('makes a mirrored docker config due that has changed', async () => {
    assert.deepEqual(await refresh('other-registry'), [[mirrorSource, now], 'credential.renew-due']);
  });

  it('does nothing for a Secret that nothing comes from any more', async () => {
    assert.deepEqual(await refresh('former-key'), []);
  });

  it('does nothing without a configuration', async () => {
    assert.deepEqual(await refresh('acr-key', false), []);
  });
});
