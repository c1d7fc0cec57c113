import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';
import type { ClusterWatcher, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import type { ConfigurationStore, ObservationStore } from '../../common/ports/stores.ts';
import { parseSettings } from '../../common/runtime/settings.ts';
import { Shutdown } from '../../common/runtime/shutdown.ts';
import { waitUntil } from '../../tests/real-parts/wait-until.ts';
import { namespace, secretName } from '../../tests/fixtures/values.ts';
import { startWatcher } from './start-watcher.ts';

const oneHost = '- instanceId: cri-a\n  regionId: cn-hangzhou\n  domains: a.io';
const sameHostTwice = `${oneHost}\n- instanceId: cri-b\n  regionId: cn-hangzhou\n  domains: a.io`;

describe('startWatcher', () => {
  let behind: { observations: ObservationStore; configurations: ConfigurationStore };
  let watchedSecrets: string[];
  let rounds: number;
  let shutdown: Shutdown;
  let registries: string;

  beforeEach(() => {
    empty();
    watchedSecrets = [];
    rounds = 0;
    registries = oneHost;
    shutdown = new Shutdown();
  });

  afterEach(async () => void (await shutdown.stop()));

  /** What FLUSHALL does. */
  function empty(): void {
    behind = { observations: createMemoryObservationStore(), configurations: createMemoryConfigurationStore() };
  }

  async function start(): Promise<void> {
    const stores = {
      observations: forwarding(() => behind.observations),
      configurations: forwarding(() => behind.configurations),
    };
    const world = {
      ...stores,
      shutdown,
      clock: Date.now,
      settings: parseSettings({}, {}),
      regions: { findRegion: async () => 'cn-hangzhou' },
      bus: { publish: async () => undefined },
      report: () => undefined,
      connectWatcher: async () => cluster,
      connectSecretNames: async () => ({ read: async () => [], write: async () => undefined }),
      knownHosts: { readHosts: async () => new Map() },
      connectLastGood: async () => ({ read: async () => undefined, write: async () => undefined }),
    };
    await startWatcher(world as unknown as Parameters<typeof startWatcher>[0]);
  }

  const cluster: ClusterWatcher = {
    watchNamespaces: (signal) => {
      rounds++;
      const shop: ObservedChange = { kind: 'namespace', namespace: 'shop', resourceVersion: '10', state: namespace() };
      return listOnce([shop], ['shop'], signal);
    },
    watchAccounts: (signal) => listOnce<ObservedChange>([], [], signal),
    watchSecrets: (name, signal) => {
      watchedSecrets.push(name);
      return listOnce<ObservedChange>([], [], signal);
    },
    watchPods: (signal) => listOnce([], [], signal),
    watchSecretVersion: (_namespace, _name, signal) => listOnce([], [], signal),
    watchConfigMap: (_namespace, _name, signal) =>
      listOnce([{ resourceVersion: '1', data: { 'acr-registry-info': registries } }], [], signal),
  };

  async function untilObserved(): Promise<void> {
    await waitUntil('everything to be observed', 5, async () => {
      const isListed = (await behind.observations.listed('everything')) !== undefined;
      const isConfigured = (await behind.configurations.read()) !== undefined;
      return isListed && isConfigured && (await behind.observations.namespaces()).length === 1 ? true : undefined;
    });
  }

  it('fills the stores with what is in the cluster', async () => {
    await start();
    await untilObserved();
    assert.deepEqual([rounds, watchedSecrets], [1, [secretName]]);
  });

  it('fills them again when they are emptied, however soon after they were filled', async () => {
    await start();
    await untilObserved();
    empty();
    await untilObserved();
    assert.equal(rounds, 2);
  });

  it('does not list again for as long as nothing is lost', async () => {
    await start();
    await untilObserved();
    await sleep(1200);
    assert.equal(rounds, 1);
  });

  it('begins to watch a second Secret name when the configuration needs one, and lists nothing else again', async () => {
    registries = sameHostTwice;
    await start();
    await waitUntil('the second name', 5, async () => (watchedSecrets.includes(`${secretName}-1`) ? true : undefined));
    await untilObserved();
    assert.deepEqual([rounds, watchedSecrets], [1, [secretName, `${secretName}-1`]]);
  });

  it('ends its watches when the process is told to stop', async () => {
    await start();
    await untilObserved();
    await shutdown.stop();
    empty();
    await sleep(1200);
    assert.equal(rounds, 1);
  });
});

/** The object that `current` answers with at the time of each call. */
function forwarding<T extends object>(current: () => T): T {
  const names = Object.keys(current());
  return Object.fromEntries(
    names.map((name) => [
      name,
      (...args: readonly unknown[]): unknown => {
        const method: unknown = Reflect.get(current(), name);
        return typeof method === 'function' ? (Reflect.apply(method, undefined, args) as unknown) : undefined;
      },
    ]),
  ) as T;
}

async function* listOnce<T>(
  items: readonly T[],
  keys: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  if (items.length > 0) yield { type: 'page', items, resourceVersion: '100' };
  yield { type: 'listed', keys: new Set(keys), resourceVersion: '100' };
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
