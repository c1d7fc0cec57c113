import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import type { ObservedPod, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import { hungPod, servedHost, servedNamespace } from '../../tests/fixtures/hung-pods.ts';
import { configuration, now } from '../../tests/fixtures/values.ts';
import { waitUntil } from '../../tests/real-parts/wait-until.ts';
import { followHungPods } from './follow-hung-pods.ts';

describe('followHungPods', () => {
  let configurations: ReturnType<typeof createMemoryConfigurationStore>;
  let pods: ObservedPod[];
  let watches: AbortSignal[];
  let published: string[];
  let reads: number;
  let isListed: boolean;
  let problems: number;
  let stop: AbortController;
  let running: Promise<void>;
  let tell: () => void;

  beforeEach(() => {
    configurations = createMemoryConfigurationStore();
    [pods, watches, published, reads, isListed, problems] = [[], [], [], 0, true, 0];
    stop = new AbortController();
    running = followHungPods({
      cluster: {
        async *watchPods(signal): AsyncGenerator<WatchEvent<ObservedPod>> {
          watches.push(signal);
          yield { type: 'page', items: pods, resourceVersion: '100' };
        },
      },
      configurations,
      observations: {
        read: async (name) => {
          reads++;
          return servedNamespace({ name });
        },
        listed: async () => (isListed ? 0 : undefined),
      },
      bus: {
        publish: async (_name, messages) => {
          for (const { data } of messages) if ('pod' in data) published.push(`${data.namespace}/${data.pod}`);
        },
      },
      clock: () => now,
      report: () => void problems++,
      onConfiguration: (listener) => {
        tell = listener;
        return () => undefined;
      },
      signal: stop.signal,
    });
  });

  afterEach(async () => {
    stop.abort();
    await running;
    assert.equal(problems, 0);
  });

  function hang(name: string, parts: Partial<ReturnType<typeof hungPod>> = {}): void {
    pods.push({ namespace: 'shop', name, hung: hungPod({ name, uid: name, ...parts }) });
  }

  async function enable(repairPods: boolean): Promise<void> {
    await configurations.write({ configuration: configuration({ repairPods }), version: `v${repairPods}` });
    tell();
  }

  /** Has it look, again and again, until something is so. */
  async function until(what: string, isSo: () => boolean): Promise<void> {
    await waitUntil(what, 8, async () => {
      tell();
      return isSo() ? true : undefined;
    });
  }

  async function looks(times: number): Promise<void> {
    let left = times;
    await until('it to have looked', () => left-- <= 0);
  }

  it('watches no pod before repair-pods is enabled, and none after it was switched off', async () => {
    await enable(false);
    await looks(5);
    assert.equal(watches.length, 0);
    await enable(true);
    await until('a watch', () => watches.length === 1);
    await enable(false);
    await until('the end of the watch', () => watches[0]?.aborted === true);
    await enable(true);
    await until('another watch', () => watches.length === 2);
  });

  it('names the pods that can be repaired, again while they hang, and no others', async () => {
    hang('web');
    hang('elsewhere', { images: ['busybox'] });
    await enable(true);
    await until('the pod to be named twice', () => published.length >= 2);
    assert.deepEqual(new Set(published), new Set(['shop/web']));
  });

  it('names a few at a time, and all of them in turn', async () => {
    for (let index = 0; index < 12; index++) hang(`web-${index}`);
    await enable(true);
    await until('all to be named', () => new Set(published).size === 12);
    assert.equal(new Set(published.slice(0, 10)).size, 10);
  });

  it('looks at a hundred namespaces at a time, and comes to those behind others that it can do nothing for', async () => {
    for (let index = 0; index < 150; index++)
      hang(`elsewhere-${index}`, { namespace: `team-${index}`, images: ['busybox'] });
    for (const pod of pods) Object.assign(pod, { namespace: pod.hung?.namespace });
    hang('web', { images: [`${servedHost}/web`] });
    await enable(true);
    await until('the pod behind them to be named', () => published.includes('shop/web'));
    assert.ok(reads >= 151);
  });

  it('names nothing before everything was listed', async () => {
    isListed = false;
    hang('web');
    await enable(true);
    await until('a watch', () => watches.length === 1);
    await looks(5);
    assert.deepEqual({ published, reads }, { published: [], reads: 0 });
  });
});
