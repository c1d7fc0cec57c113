import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import { Failure } from '../../common/domain/failure.ts';
import { passwordLogin, renderDockerConfig } from '../../common/domain/namespaces/docker-config.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import {
  configuration,
  credential,
  namespace,
  now,
  registry,
  secret,
  secretName,
} from '../../tests/fixtures/values.ts';
import { restoreMissingCredentials } from './restore-credentials.ts';

const hour = 3_600_000;
const entries = ['a', 'b'].map((name, index) =>
  registry({ index, instanceId: `cri-${name}`, domains: [`${name}.io`] }),
);
const inForce = { configuration: configuration({ registries: entries }), version: 'c1' };
const [idA = '', idB = ''] = resolveRegistries(inForce).sources.keys();

describe('restoreMissingCredentials', () => {
  let credentials: ReturnType<typeof createMemoryCredentialStore>;
  let observations: ReturnType<typeof createMemoryObservationStore>;
  let reads: string[];
  let published: string[];
  let unreadable: ReadonlySet<string>;
  let dockerConfigs: Map<string, SecretText>;
  let restore: () => Promise<void>;

  beforeEach(() => {
    credentials = createMemoryCredentialStore();
    observations = createMemoryObservationStore();
    reads = [];
    published = [];
    unreadable = new Set();
    dockerConfigs = new Map();
    const configurations = createMemoryConfigurationStore();
    restore = async () => {
      await configurations.write(inForce);
      const handle = restoreMissingCredentials({
        configurations,
        observations,
        credentials,
        ownSecrets: {
          readSecret: async (at) => {
            reads.push(at);
            if (unreadable.has(at)) throw new Failure('kubernetes-forbidden', 'no');
            const dockerConfig = dockerConfigs.get(at);
            return dockerConfig === undefined ? undefined : new Map([['.dockerconfigjson', dockerConfig]]);
          },
        },
        bus: { publish: async (name) => void published.push(name) },
        clock: () => now,
        report: () => undefined,
      });
      const signal = new AbortController().signal;
      await handle({ data: { cause: 'observed' }, urgency: 'unserved', attempt: 1, signal });
    };
  });

  /** A Secret of ours in the namespace with a token of each source, that ends so much later. */
  async function observe(at: string, lives: Readonly<Record<string, number>>): Promise<void> {
    const sources = Object.entries(lives).map(([id, life]) => ({
      id,
      hosts: [id === idA ? 'a.io' : 'b.io'],
      issuedAt: new Date(now - hour).toISOString(),
      expiresAt: new Date(now + life).toISOString(),
    }));
    const state = secret({ namespace: at, sources: JSON.stringify(sources) });
    await observations.observe([
      { kind: 'namespace', namespace: at, resourceVersion: '1', state: namespace({ name: at }) },
      { kind: 'secret', namespace: at, name: secretName, resourceVersion: '2', state },
    ]);
    const logins = Object.entries(lives).map(([id, life]) => ({
      host: id === idA ? 'a.io' : 'b.io',
      login: passwordLogin('cr_temp_user', new SecretText(`token that lasts ${life}`)),
    }));
    dockerConfigs.set(at, renderDockerConfig(logins));
  }

  async function lives(): Promise<readonly (number | undefined)[]> {
    const records = await credentials.read([idA, idB]);
    return [idA, idB].map((id) => {
      const expiresAt = records.get(id)?.credential?.expiresAt;
      return expiresAt === undefined ? undefined : expiresAt - now;
    });
  }

  it('takes back every credential with one read, from whichever namespace', async () => {
    for (const at of ['one', 'two', 'three']) await observe(at, { [idA]: hour, [idB]: hour });
    await observations.markListed('secrets', 3);
    await restore();
    assert.deepEqual(await lives(), [hour, hour]);
    assert.deepEqual(reads, ['one']);
  });

  it('takes the token that lasts longest, where a renewal was cut off in the middle', async () => {
    await observe('one', { [idA]: hour / 2 });
    await observe('two', { [idA]: hour });
    await observations.markListed('secrets', 2);
    await restore();
    assert.deepEqual(await lives(), [hour, undefined]);
    assert.deepEqual(reads, ['two']);
  });

  it('reads a second Secret for what the first does not hold', async () => {
    await observe('one', { [idA]: hour });
    await observe('two', { [idB]: hour });
    await observations.markListed('secrets', 2);
    await restore();
    assert.deepEqual(await lives(), [hour, hour]);
  });

  it('takes another Secret where one cannot be read', async () => {
    unreadable = new Set(['one']);
    await observe('one', { [idA]: hour });
    await observe('two', { [idA]: hour });
    await observations.markListed('secrets', 2);
    await restore();
    assert.deepEqual(await lives(), [hour, undefined]);
  });

  it('leaves what the store has alone, and reads nothing for it', async () => {
    await observe('one', { [idA]: hour });
    await observations.markListed('secrets', 1);
    for (const sourceId of [idA, idB]) await credentials.write({ sourceId, credential: credential({ sourceId }) });
    await restore();
    assert.deepEqual(reads, []);
  });

  it('has what is missing fetched, and says once and for all that nothing is left to take back', async () => {
    await observations.markListed('secrets', 0);
    await restore();
    assert.equal(await credentials.isRestored(), true);
    await observe('late', { [idA]: hour });
    await restore();
    assert.deepEqual(reads, []);
    assert.deepEqual(published, ['credential.renew-due', 'credential.renew-due']);
  });

  it('waits for the list of our Secrets: until then nothing is fetched that they may hold', async () => {
    await restore();
    assert.deepEqual(published, []);
    assert.equal(await credentials.isRestored(), false);
  });
});
