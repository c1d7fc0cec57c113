import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { neverExpires } from '../../common/domain/credentials/credential.ts';
import { Failure } from '../../common/domain/failure.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import type { PoolBudget } from '../../common/ports/budgets.ts';
import type { HandlerResult } from '../../queues/bus.ts';
import { configuration, credential, now } from '../../tests/fixtures/values.ts';
import { fetchCredential } from './fetch-credential.ts';

const mirrors = [{ index: 1, secretName: 'other-registry' }];
const inForce = { configuration: configuration({ mirrors }), version: 'c1' };
const [registryId = '', mirrorId = ''] = resolveRegistries(inForce).sources.keys();

describe('fetchCredential and its pool', () => {
  let credentials: ReturnType<typeof createMemoryCredentialStore>;
  let budget: Pick<PoolBudget, 'take' | 'settle'>;
  let log: string[];
  let answer: () => Promise<ReturnType<typeof credential>>;
  let mirrored: string;

  beforeEach(() => {
    credentials = createMemoryCredentialStore();
    log = [];
    mirrored = '{"auths":{"m.io":{"auth":"dTpw"}}}';
    answer = async () => credential({ sourceId: registryId });
    budget = {
      take: async (pool) => {
        log.push(`take ${pool}`);
        return { admitted: true };
      },
      settle: async (pool, outcome) => void log.push(`settle ${pool} ${JSON.stringify(outcome)}`),
    };
  });

  async function fetch(sourceId = registryId, signal = new AbortController().signal, at = now): Promise<HandlerResult> {
    const configurations = createMemoryConfigurationStore();
    await configurations.write(inForce);
    const handle = fetchCredential({
      configurations,
      credentials,
      issuer: {
        fetchCredential: () => {
          log.push('call');
          return answer();
        },
      },
      secrets: { readSecret: async () => new Map([['.dockerconfigjson', new SecretText(mirrored)]]) },
      budget,
      bus: { publish: async (name) => void log.push(name) },
      allowedHosts: [],
      clock: () => at,
      random: () => 1,
      report: () => undefined,
      lookAgainAt: () => undefined,
    });
    return handle({ data: { pool: 'p', sourceId }, urgency: 'expiring', attempt: 1, signal });
  }

  function failWith(...failure: ConstructorParameters<typeof Failure>): void {
    answer = () => Promise.reject(new Failure(...failure));
  }

  it('calls nobody while the pool turns it away, and comes back when it was told to', async () => {
    budget = { ...budget, take: async () => ({ admitted: false, retryInSeconds: 7 }) };
    assert.deepEqual(await fetch(), { againAfterSeconds: 7 });
    assert.deepEqual(log, []);
  });

  it('takes one turn for a call and tells how it ended', async () => {
    await fetch();
    assert.deepEqual(log, [
      'take cn-hangzhou.cluster',
      'call',
      'settle cn-hangzhou.cluster "succeeded"',
      'namespace.sync-all',
    ]);
  });

  it('hands the pause that the cloud asked for on to the pool', async () => {
    failWith('cloud-throttled', 'slow down', { retryAfterSeconds: 3 });
    await fetch();
    assert.equal(log[2], 'settle cn-hangzhou.cluster {"kind":"throttled","retryAfterSeconds":3}');
  });

  for (const code of ['cloud-unreachable', 'cloud-error'] as const) {
    it(`counts ${code} against the pool`, async () => {
      failWith(code, 'no answer');
      await fetch();
      assert.equal(log[2], 'settle cn-hangzhou.cluster {"kind":"failed"}');
    });
  }

  it('does not count a refusal against the pool: who refuses, answers, and other registries of it work', async () => {
    failWith('instance-not-found', 'no such instance');
    await fetch();
    assert.equal(log[2], 'settle cn-hangzhou.cluster "succeeded"');
  });

  it('keeps what was fetched although the pool could not be told', async () => {
    budget = { ...budget, settle: () => Promise.reject(new Failure('redis-unreachable', 'away')) };
    await fetch();
    const record = (await credentials.read([registryId])).get(registryId);
    assert.equal(record?.credential?.sourceId, registryId);
    assert.equal(record.failure, undefined);
  });

  it('stores no failure when the process is told to stop in the middle of the call', async () => {
    const stopping = new AbortController();
    answer = async () => {
      stopping.abort();
      throw new Failure('cloud-unreachable', 'aborted');
    };
    await assert.rejects(fetch(registryId, stopping.signal));
    assert.equal((await credentials.read([registryId])).size, 0);
  });

  it('reads a mirrored docker config without a call, and names every namespace', async () => {
    await fetch(mirrorId);
    assert.deepEqual(log, ['take mirror', 'settle mirror "succeeded"', 'namespace.sync-all']);
    const record = (await credentials.read([mirrorId])).get(mirrorId);
    assert.equal(record?.credential?.expiresAt, neverExpires);
  });

  it('names nobody for a mirrored docker config that was read anew and is the same', async () => {
    await fetch(mirrorId);
    await credentials.markStale([mirrorId], now + 1);
    log = [];
    await fetch(mirrorId, undefined, now + 2);
    assert.deepEqual(log, ['take mirror', 'settle mirror "succeeded"']);
  });

  it('names every namespace for one that has changed', async () => {
    await fetch(mirrorId);
    await credentials.markStale([mirrorId], now + 1);
    mirrored = '{"auths":{"m.io":{"auth":"other"}}}';
    log = [];
    await fetch(mirrorId, undefined, now + 2);
    assert.equal(log.at(-1), 'namespace.sync-all');
  });
});
