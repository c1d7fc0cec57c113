import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import type { HandlerResult } from '../../queues/bus.ts';
import type { MessageData } from '../../queues/catalog.ts';
import { configuration, credential, namespace, now, registry, secret } from '../../tests/fixtures/values.ts';
import { syncAllNamespaces } from './sync-all-namespaces.ts';

const entries = [registry(), registry({ index: 1, instanceId: 'cri-b' })];
const inForce = { configuration: configuration({ registries: entries }), version: 'c1' };
const [idA = '', idB = ''] = resolveRegistries(inForce).sources.keys();

describe('syncAllNamespaces', () => {
  let credentials: ReturnType<typeof createMemoryCredentialStore>;
  let observations: ReturnType<typeof createMemoryObservationStore>;
  let published: string[];
  let syncAll: (cause?: MessageData<'namespace.sync-all'>['cause'], at?: number) => Promise<HandlerResult>;

  beforeEach(async () => {
    credentials = createMemoryCredentialStore();
    observations = createMemoryObservationStore();
    published = [];
    const configurations = createMemoryConfigurationStore();
    await configurations.write(inForce);
    for (const name of ['shop', 'team']) {
      const state = namespace({ name });
      await observations.observe([{ kind: 'namespace', namespace: name, resourceVersion: '1', state }]);
    }
    await observations.markListed('everything', 0);
    syncAll = async (cause = 'credential', at = now + 1) => {
      const handle = syncAllNamespaces({
        configurations,
        observations,
        credentials,
        bus: {
          publish: async (name, messages) => {
            for (const { data, urgency } of messages) published.push(`${name} ${JSON.stringify(data)} ${urgency}`);
          },
        },
        clock: () => at,
      });
      return handle({ data: { cause }, urgency: 'expiring', attempt: 1, signal: new AbortController().signal });
    };
  });

  async function store(sourceId: string): Promise<void> {
    await credentials.write({ sourceId, credential: credential({ sourceId }) });
  }

  it('names every namespace, and who cannot pull as more urgent than it was asked', async () => {
    await store(idA);
    const state = secret({ namespace: 'shop' });
    const { name, resourceVersion } = state;
    await observations.observe([{ kind: 'secret', namespace: 'shop', name, resourceVersion, state }]);
    await syncAll();
    assert.deepEqual(published, [
      'namespace.sync {"namespace":"shop","cause":"fan-out"} expiring',
      'namespace.sync {"namespace":"team","cause":"fan-out"} unserved',
    ]);
  });

  it('names who cannot pull before all others when the lists have ended', async () => {
    await store(idA);
    const state = secret({ namespace: 'shop' });
    const { name, resourceVersion } = state;
    await observations.observe([{ kind: 'secret', namespace: 'shop', name, resourceVersion, state }]);
    await syncAll('observed');
    assert.deepEqual(published, [
      'namespace.sync {"namespace":"team","cause":"fan-out"} unserved',
      'namespace.sync {"namespace":"shop","cause":"fan-out"} expiring',
    ]);
  });

  it('waits a moment for another registry that was asked for together with the one that came', async () => {
    await store(idA);
    await credentials.markRequested([idB], now);
    assert.deepEqual(await syncAll(), { againAfterSeconds: 0.05 });
    assert.deepEqual(published, []);
  });

  it('waits no longer for one that takes too long', async () => {
    await store(idA);
    await credentials.markRequested([idB], now);
    await syncAll('credential', now + 2000);
    assert.equal(published.length, 2);
  });

  it('names nothing before everything was listed: the end of the lists does', async () => {
    observations = createMemoryObservationStore();
    await syncAll();
    assert.deepEqual(published, []);
  });

  it('names nothing while no registry has answered: there is nothing to write', async () => {
    await syncAll('observed');
    assert.deepEqual(published, []);
  });

  it('counts a failure as an answer: what is to be taken away must not wait for a registry that fails', async () => {
    const failure = { code: 'cloud-error', message: '', hint: '', at: now, attempts: 1, nextAttemptAt: now } as const;
    await credentials.write({ sourceId: idA, failure });
    await syncAll();
    assert.equal(published.length, 2);
  });

  it('says of a sweep that it is one, so that corrections are counted', async () => {
    await store(idA);
    await syncAll('sweep');
    assert.equal(published[0], 'namespace.sync {"namespace":"shop","cause":"sweep"} expiring');
  });
});
