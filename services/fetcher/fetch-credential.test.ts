import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import type { CredentialRecord } from '../../common/domain/credentials/credential.ts';
import { Failure } from '../../common/domain/failure.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { configuration, credential, now } from '../../tests/fixtures/values.ts';
import { fetchCredential } from './fetch-credential.ts';

const inForce = { configuration: configuration(), version: 'c1' };
const [sourceId = ''] = resolveRegistries(inForce).sources.keys();

describe('fetchCredential', () => {
  let credentials: ReturnType<typeof createMemoryCredentialStore>;
  let published: string[];
  let lookedAgainAt: number[];
  let issue: () => ReturnType<typeof issued>;
  let issues: number;
  let fetchOnce: (at?: number) => Promise<CredentialRecord | undefined>;

  async function issued(): Promise<ReturnType<typeof credential>> {
    return credential({ sourceId, issuedAt: now, expiresAt: now + 3_600_000 });
  }

  beforeEach(async () => {
    credentials = createMemoryCredentialStore();
    const configurations = createMemoryConfigurationStore();
    await configurations.write(inForce);
    published = [];
    lookedAgainAt = [];
    issues = 0;
    issue = issued;
    fetchOnce = async (at = now) => {
      const handle = fetchCredential({
        configurations,
        credentials,
        issuer: {
          fetchCredential: () => {
            issues++;
            return issue();
          },
        },
        bus: {
          publish: async (name) => void published.push(name),
        },
        secrets: { readSecret: () => Promise.resolve(undefined) },
        budget: { take: () => Promise.resolve({ admitted: true }), settle: () => Promise.resolve() },
        allowedHosts: [],
        clock: () => at,
        random: () => 1,
        report: () => undefined,
        lookAgainAt: (moment) => void lookedAgainAt.push(moment),
      });
      await handle({
        data: { pool: 'p', sourceId },
        urgency: 'expiring',
        attempt: 1,
        signal: new AbortController().signal,
      });
      return (await credentials.read([sourceId])).get(sourceId);
    };
  });

  it('stores the credential, names every namespace, and looks again at the moment of its renewal', async () => {
    const record = await fetchOnce();
    assert.equal(record?.credential?.expiresAt, now + 3_600_000);
    assert.deepEqual(published, ['namespace.sync-all']);
    assert.deepEqual(lookedAgainAt, [now + 2_400_000]);
  });

  it('asks for nothing that is still fresh, however often it is told to', async () => {
    await fetchOnce();
    await fetchOnce();
    assert.equal(issues, 1);
  });

  it('keeps the last good credential beside the reason when a renewal fails', async () => {
    await fetchOnce();
    issue = () => Promise.reject(new Failure('cloud-access-denied', 'NoPermission'));
    const record = await fetchOnce(now + 2_400_000);
    assert.equal(record?.credential?.expiresAt, now + 3_600_000);
    assert.equal(record.failure?.code, 'cloud-access-denied');
    assert.equal(record.failure.nextAttemptAt, now + 2_400_000 + 15_000);
  });

  it('counts failures in a row, and a success ends them', async () => {
    issue = () => Promise.reject(new Failure('cloud-error', '500'));
    await fetchOnce();
    assert.equal((await fetchOnce(now + 5000))?.failure?.attempts, 2);
    issue = issued;
    assert.equal((await fetchOnce(now + 20_000))?.failure, undefined);
  });

  it('waits as long as it was told to after a failure, whoever asks meanwhile', async () => {
    issue = () => Promise.reject(new Failure('cloud-error', '500'));
    await fetchOnce();
    await fetchOnce();
    assert.equal(issues, 1);
  });

  it('frees those who wait for it at its first failure, and does not name everything at each further one', async () => {
    issue = () => Promise.reject(new Failure('cloud-error', '500'));
    await fetchOnce();
    await fetchOnce(now + 5000);
    assert.deepEqual(published, ['namespace.sync-all']);
  });
});
