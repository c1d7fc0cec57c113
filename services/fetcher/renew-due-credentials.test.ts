import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { configuration, credential, now, registry } from '../../tests/fixtures/values.ts';
import { renewDueCredentials } from './renew-due-credentials.ts';

const hour = 3_600_000;
const entries = [registry(), registry({ index: 1, instanceId: 'cri-b', regionId: 'cn-beijing' })];
const inForce = { configuration: configuration({ registries: entries }), version: 'c1' };
const [idA = '', idB = ''] = resolveRegistries(inForce).sources.keys();

describe('renewDueCredentials', () => {
  let credentials: ReturnType<typeof createMemoryCredentialStore>;
  let configurations: ReturnType<typeof createMemoryConfigurationStore>;
  let asked: string[];
  let lookedAgainAt: number[];
  let served: string[];

  beforeEach(async () => {
    credentials = createMemoryCredentialStore();
    configurations = createMemoryConfigurationStore();
    await configurations.write(inForce);
    await credentials.markRestored();
  });

  async function renew(at = now): Promise<readonly string[]> {
    asked = [];
    lookedAgainAt = [];
    served = [];
    const handle = renewDueCredentials({
      configurations,
      credentials,
      bus: {
        publish: async (_name, messages) => {
          for (const { data } of messages) if ('sourceId' in data) asked.push(`${data.pool} ${data.sourceId}`);
        },
      },
      clock: () => at,
      lookAgainAt: (moment) => void lookedAgainAt.push(moment),
      servePools: async (pools) => void served.push(...pools),
    });
    await handle({ data: { cause: 'tick' }, urgency: 'expiring', attempt: 1, signal: new AbortController().signal });
    return asked;
  }

  async function store(sourceId: string, issuedAt = now): Promise<void> {
    const parts = { sourceId, issuedAt, expiresAt: issuedAt + hour };
    await credentials.write({ sourceId, credential: credential(parts) });
  }

  it('asks each pool for what was never fetched', async () => {
    assert.deepEqual(await renew(), [`cn-hangzhou.cluster ${idA}`, `cn-beijing.cluster ${idB}`]);
  });

  it('has a pool served before it is asked', async () => {
    await renew();
    assert.deepEqual(served, ['cn-hangzhou.cluster', 'cn-beijing.cluster']);
  });

  it('asks for nothing that is fresh, and looks again when the next one is due', async () => {
    await store(idA);
    await store(idB, now - 60_000);
    assert.deepEqual(await renew(), []);
    assert.deepEqual(lookedAgainAt, [now - 60_000 + (hour * 2) / 3]);
  });

  it('asks again for nothing that is on its way', async () => {
    await renew();
    assert.deepEqual(await renew(now + 10_000), []);
  });

  it('asks again after half a minute: a message may have been lost', async () => {
    await renew();
    assert.equal((await renew(now + 30_000)).length, 2);
  });

  it('asks again where the first request was noted by a clock that was five minutes fast', async () => {
    await credentials.markRequested([idA, idB], now + 300_000);
    assert.equal((await renew()).length, 2);
  });

  it('asks for nothing while our own Secrets may still hold it', async () => {
    credentials = createMemoryCredentialStore();
    assert.deepEqual(await renew(), []);
  });

  it('forgets sources that the configuration does not name any more', async () => {
    await store('former');
    await renew();
    assert.equal((await credentials.read(['former'])).size, 0);
  });

  it('asks at once for what comes from a key pair that was changed, although it is fresh or failed', async () => {
    await store(idA);
    const failure = { code: 'cloud-signature-refused', message: '', hint: '', at: now, attempts: 3 } as const;
    await credentials.write({ sourceId: idB, failure: { ...failure, nextAttemptAt: now + hour } });
    await credentials.markStale([idA, idB], now + 1);
    assert.equal((await renew(now + 1)).length, 2);
  });
});
