import assert from 'node:assert/strict';
import type { Bus, ConsumeOptions, QueueDepth } from '../queues/bus.ts';
import { QueueProgress } from './queue-progress.ts';

const minute = 60_000;

describe('QueueProgress', () => {
  let now: number;
  let depths: () => Promise<readonly QueueDepth[]>;
  let options: ConsumeOptions<'namespace.sync'>;
  let progress: QueueProgress;
  let bus: Bus;

  beforeEach(() => {
    now = 0;
    depths = async () => [{ queue: 'namespaces', waiting: 3, active: 0, delayed: 0, oldestAgeSeconds: 900 }];
    progress = new QueueProgress(() => now);
    bus = progress.follow({
      publish: async () => undefined,
      consume: async (_name, asked) => {
        options = asked as typeof options;
        return { close: async () => undefined };
      },
      depths: () => depths(),
      close: async () => undefined,
    });
  });

  async function lookAfter(minutes: number): Promise<readonly string[]> {
    now += minutes * minute;
    return progress.stuck(bus);
  }

  const deliver = () =>
    options.handle({
      data: { namespace: 'shop', cause: 'account' },
      urgency: 'unserved',
      attempt: 1,
      signal: new AbortController().signal,
    });

  it('finds a queue of which nothing was taken for ten minutes', async () => {
    await bus.consume('namespace.sync', { handle: async () => undefined });
    assert.deepEqual(await lookAfter(0), []);
    assert.deepEqual(await lookAfter(9), []);
    assert.deepEqual(await lookAfter(1), ['namespaces: messages wait, and none was taken for 10 minutes']);
  });

  it('is content with one delivery, whatever becomes of it', async () => {
    await bus.consume('namespace.sync', { handle: () => Promise.reject(new Error('no')) });
    await lookAfter(0);
    await assert.rejects(deliver());
    assert.deepEqual(await lookAfter(10), []);
  });

  it('begins anew after Redis could not be reached: then everything waits', async () => {
    await bus.consume('namespace.sync', { handle: async () => undefined });
    await lookAfter(0);
    const reachable = depths;
    depths = () => Promise.reject(new Error('gone'));
    assert.deepEqual(await lookAfter(30), []);
    depths = reachable;
    assert.deepEqual(await lookAfter(1), []);
  });

  it('does not mind queues that other processes serve, or that this one serves no more', async () => {
    await lookAfter(0);
    assert.deepEqual(await lookAfter(20), []);
    const consumer = await bus.consume('namespace.sync', { handle: async () => undefined });
    await lookAfter(0);
    await consumer.close();
    assert.deepEqual(await lookAfter(20), []);
  });
});
