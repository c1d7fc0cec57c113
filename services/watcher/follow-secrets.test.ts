import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import type { ObservedVersion, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import { configuration, registry } from '../../tests/fixtures/values.ts';
import { followSecrets } from './follow-secrets.ts';

const keyed = configuration({
  registries: [registry({ identity: { kind: 'access-key-secret', secretName: 'acr-key' } })],
});
const mirrored = configuration({ mirrors: [{ index: 1, secretName: 'other-registry' }] });

describe('followSecrets', () => {
  let configurations: ReturnType<typeof createMemoryConfigurationStore>;
  let watches: Map<string, Watched>;
  let versions: Map<string, string>;
  let published: string[];
  let stop: AbortController;
  let running: Promise<void> | undefined;
  let tell: () => void;

  beforeEach(() => {
    configurations = createMemoryConfigurationStore();
    watches = new Map();
    versions = new Map();
    published = [];
    tell = () => undefined;
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  function start(): void {
    stop = new AbortController();
    running = followSecrets({
      cluster: {
        watchSecretVersion: (namespace, name, signal) => {
          const watched = new Watched(`${namespace}/${name}`, signal);
          watches.set(name, watched);
          return watched.events();
        },
      },
      configurations,
      namespace: 'kube-system',
      bus: {
        publish: async (_name, messages) => {
          for (const { data } of messages) if ('secretName' in data) published.push(data.secretName);
        },
      },
      report: () => undefined,
      onConfiguration: (listener) => {
        tell = listener;
        return () => undefined;
      },
      versions,
      signal: stop.signal,
    });
  }

  async function putInForce(next: Configuration): Promise<void> {
    await configurations.write({ configuration: next, version: 'c1' });
    tell();
    await settle();
  }

  async function see(name: string, event: WatchEvent<ObservedVersion>): Promise<void> {
    watches.get(name)?.push(event);
    await settle();
  }

  it('watches exactly the Secrets that the configuration names, in the helper’s namespace', async () => {
    start();
    await putInForce(keyed);
    assert.deepEqual(
      [...watches.values()].map(({ at }) => at),
      ['kube-system/acr-key'],
    );
  });

  it('ends the watch of a Secret that is not named any more, and begins that of a new one', async () => {
    start();
    await putInForce(keyed);
    await putInForce(mirrored);
    assert.deepEqual(
      [...watches].map(([name, { signal }]) => [name, signal.aborted]),
      [
        ['acr-key', true],
        ['other-registry', false],
      ],
    );
  });

  it('says nothing of the key pair that it sees first: whoever needs it reads it', async () => {
    start();
    await putInForce(keyed);
    await see('acr-key', { type: 'page', items: [{ resourceVersion: '5' }], resourceVersion: '5' });
    assert.deepEqual(published, []);
  });

  it('says that a key pair has changed', async () => {
    start();
    await putInForce(keyed);
    await see('acr-key', { type: 'page', items: [{ resourceVersion: '5' }], resourceVersion: '5' });
    await see('acr-key', { type: 'changed', items: [{ resourceVersion: '6' }] });
    assert.deepEqual(published, ['acr-key']);
  });

  it('says that a Secret was made which was not there', async () => {
    start();
    await putInForce(keyed);
    await see('acr-key', { type: 'listed', keys: new Set(), resourceVersion: '5' });
    await see('acr-key', { type: 'changed', items: [{ resourceVersion: '6' }] });
    assert.deepEqual(published, ['acr-key']);
  });

  it('says nothing when the Secret is deleted: what came from it stays in use', async () => {
    start();
    await putInForce(keyed);
    await see('acr-key', { type: 'page', items: [{ resourceVersion: '5' }], resourceVersion: '5' });
    await see('acr-key', { type: 'changed', items: [{}] });
    assert.deepEqual(published, []);
  });

  it('has a mirrored docker config read that changed while nobody watched: nothing else would ever read it', async () => {
    start();
    await putInForce(mirrored);
    await see('other-registry', { type: 'page', items: [{ resourceVersion: '5' }], resourceVersion: '5' });
    assert.deepEqual(published, ['other-registry']);
  });

  it('notices what changed between two rounds of watching', async () => {
    start();
    await putInForce(keyed);
    await see('acr-key', { type: 'page', items: [{ resourceVersion: '5' }], resourceVersion: '5' });
    stop.abort();
    await running;
    start();
    await settle();
    await see('acr-key', { type: 'page', items: [{ resourceVersion: '6' }], resourceVersion: '6' });
    assert.deepEqual(published, ['acr-key']);
  });
});

/** A watch that delivers what it is given until its signal is aborted. */
class Watched {
  readonly at: string;
  readonly signal: AbortSignal;
  readonly #waiting: WatchEvent<ObservedVersion>[] = [];
  #wake: () => void = () => undefined;

  constructor(at: string, signal: AbortSignal) {
    this.at = at;
    this.signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  push(event: WatchEvent<ObservedVersion>): void {
    this.#waiting.push(event);
    this.#wake();
  }

  async *events(): AsyncGenerator<WatchEvent<ObservedVersion>> {
    while (!this.signal.aborted) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await sleep(0);
}
