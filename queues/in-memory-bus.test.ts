import assert from 'node:assert/strict';

import { Failure } from '../common/domain/failure.ts';
import { manualTime } from '../tests/fixtures/manual-time.ts';
import { createInMemoryBus } from './in-memory-bus.ts';

const shop = { data: { namespace: 'shop', cause: 'sweep' }, urgency: 'periodic' } as const;

describe('the bus in memory', () => {
  it('brings a message back exactly when its back-off is over', async () => {
    const time = manualTime();
    const bus = createInMemoryBus({ clock: time.clock, timers: time.timers, random: () => 0 });
    const attempts: number[] = [];
    await bus.consume('namespace.sync', {
      handle: async ({ attempt }) => {
        attempts.push(attempt);
        throw new Failure('kubernetes-forbidden', 'forbidden');
      },
    });
    await bus.publish('namespace.sync', [shop]);
    await time.advance(119_999);
    assert.deepEqual(attempts, [1]);
    await time.advance(1);
    assert.deepEqual(attempts, [1, 2]);
    await bus.close();
    assert.equal(time.pending(), 0);
  });

  it('tells the age of the oldest by the clock, also of a message that waits out a back-off', async () => {
    const time = manualTime();
    const bus = createInMemoryBus({ clock: time.clock, timers: time.timers });
    const consumer = await bus.consume('namespace.sync', { handle: async () => ({ againAfterSeconds: 600 }) });
    await bus.publish('namespace.sync', [shop]);
    await time.advance(100_000);
    await consumer.close();
    await bus.publish('namespace.sync', [{ ...shop, data: { namespace: 'other', cause: 'sweep' } }]);
    await time.advance(5000);
    const [row] = await bus.depths();
    assert.deepEqual(row, { queue: 'namespaces', waiting: 1, active: 0, delayed: 1, oldestAgeSeconds: 105 });
    await bus.close();
  });

  it('waits ten seconds at most for a handler that does not end', async () => {
    const time = manualTime();
    const bus = createInMemoryBus({ clock: time.clock, timers: time.timers });
    const consumer = await bus.consume('namespace.sync', { handle: () => new Promise(() => {}) });
    await bus.publish('namespace.sync', [shop]);
    let closed = false;
    void consumer.close().then(() => {
      closed = true;
    });
    await time.advance(9999);
    assert.equal(closed, false);
    await time.advance(1);
    assert.equal(closed, true);
  });

  it('lets timers and sockets have their turn while messages come without an end', async () => {
    const bus = createInMemoryBus();
    let handled = 0;
    let stop = false;
    await bus.consume('namespace.sync', {
      handle: async () => {
        handled++;
        if (!stop && handled < 1_000_000) await bus.publish('namespace.sync', [shop]);
      },
    });
    await bus.publish('namespace.sync', [shop]);
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
    stop = true;
    assert.ok(handled < 1_000_000);
    await bus.close();
  });

  it('forgets queues that nobody uses any more', async () => {
    const bus = createInMemoryBus();
    for (let index = 0; index < 1000; index++) {
      const consumer = await bus.consume('credential.fetch', {
        queue: `fetch.pool-${String(index)}`,
        handle: async () => {},
      });
      await consumer.close();
    }
    assert.ok((await bus.depths()).length <= 256);
    await bus.close();
  });

  it('refuses messages after it was closed', async () => {
    const bus = createInMemoryBus();
    await bus.close();
    await assert.rejects(bus.publish('namespace.sync', [shop]), /closed/);
  });
});
