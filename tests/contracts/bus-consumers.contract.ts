import assert from 'node:assert/strict';

import type { Failure } from '../../common/domain/failure.ts';
import type { Message } from '../../queues/bus.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import { createProbe } from './bus-probe.ts';
import { busForEachTest, sync, type BusFactory } from './bus-under-test.ts';

/** Consumers that come and go, what is refused, and what is counted. */
export function defineBusConsumersContract(kind: string, open: BusFactory): void {
  describe(`${kind}: consumers and depths`, () => {
    const { bus, failures, publish, consume, untilDelayed } = busForEachTest(open);

    describe('consumers', () => {
      it('a pool is served by the consumers of its queue only', async () => {
        const [first, second] = [createProbe<'credential.fetch'>(), createProbe<'credential.fetch'>()];
        await bus().consume('credential.fetch', { queue: 'fetch.cn-hangzhou.1', handle: first.handle });
        await bus().consume('credential.fetch', { queue: 'fetch.cn-beijing.2', handle: second.handle });
        await bus().publish('credential.fetch', [
          { data: { pool: 'cn-beijing.2', sourceId: 'b' }, urgency: 'unserved' },
          { data: { pool: 'cn-hangzhou.1', sourceId: 'a' }, urgency: 'unserved' },
        ]);
        const [a, b] = [await first.next(), await second.next()];
        assert.deepEqual([a.data.sourceId, b.data.sourceId], ['a', 'b']);
        a.end();
        b.end();
      });

      it('a message with a queue for each pool is not consumed without one', async () => {
        await assert.rejects(bus().consume('credential.fetch', { handle: async () => {} }), {
          code: 'setting-invalid',
        });
      });

      it('a closing consumer waits for what it handles, and leaves the rest to another one', async () => {
        const probe = createProbe<'namespace.sync'>();
        const consumer = await bus().consume('namespace.sync', { handle: probe.handle, concurrency: 1 });
        await publish('a');
        await publish('b');
        const held = await probe.next();
        let closed = false;
        const closing = consumer.close().then(() => {
          closed = true;
        });
        await probe.assertQuiet();
        assert.equal(closed, false);
        held.end();
        await closing;
        await probe.assertQuiet();
        const rest = await (await consume()).next();
        assert.equal(rest.data.namespace, 'b');
        rest.end();
      });

      it('a handler that stops because its consumer closes has not failed: another one gets the message at once', async () => {
        const interrupted = createProbe<'namespace.sync'>();
        const consumer = await bus().consume('namespace.sync', { handle: interrupted.handle });
        await publish('shop');
        const held = await interrupted.next();
        held.signal.addEventListener('abort', () => held.fail(new Error('interrupted')));
        await consumer.close();
        const taken = await (await consume()).next();
        assert.deepEqual([taken.data.namespace, taken.attempt, failures()], ['shop', 1, []]);
        taken.end();
      });
    });

    describe('what is refused and told', () => {
      it('refuses data that does not fit the catalog, names the field, and publishes none of the batch', async () => {
        const probe = await consume();
        const invalid = {
          data: { namespace: 'secret-value', cause: 'no-such-cause' },
          urgency: 'periodic',
        } as unknown as Message<'namespace.sync'>;
        await assert.rejects(bus().publish('namespace.sync', [sync('shop'), invalid]), (error: Failure) => {
          assert.equal(error.code, 'setting-invalid');
          assert.match(error.message, /cause/);
          assert.doesNotMatch(error.message, /secret-value|no-such-cause/);
          return true;
        });
        await probe.assertQuiet();
      });

      it('counts what waits, what is handled and what is delayed, and tells the age of the oldest', async () => {
        const probe = await consume(2);
        await publish('a', 'unserved');
        (await probe.next()).end({ againAfterSeconds: 3000 });
        await untilDelayed(1);
        await publish('b');
        await publish('c');
        const held = [await probe.next(), await probe.next()];
        await publish('d');
        const depth = await waitUntil('some age', 5, async () => {
          const [row] = await bus().depths();
          return row !== undefined && row.oldestAgeSeconds > 0 ? row : undefined;
        });
        const { oldestAgeSeconds, ...counts } = depth;
        assert.deepEqual(counts, { queue: 'namespaces', waiting: 1, active: 2, delayed: 1 });
        assert.ok(oldestAgeSeconds < 60);
        for (const { end } of held) end();
        (await probe.next()).end();
      });

      it('has a row for each queue that it published to or consumed from, with zeros when it is empty', async () => {
        await bus().publish('namespace.sync-all', [{ data: { cause: 'sweep' }, urgency: 'periodic' }]);
        await consume();
        const rows = (await bus().depths()).toSorted((a, b) => a.queue.localeCompare(b.queue));
        assert.deepEqual(
          rows.map(({ queue }) => queue),
          ['fan-out', 'namespaces'],
        );
        assert.deepEqual(rows[1], { queue: 'namespaces', waiting: 0, active: 0, delayed: 0, oldestAgeSeconds: 0 });
      });

      it('has a row for a pool that nobody takes from any more until nothing waits in it', async () => {
        const pool = 'cn-hangzhou.1';
        const queue = `fetch.${pool}`;
        const isShown = async (): Promise<boolean> => (await bus().depths()).some((row) => row.queue === queue);
        const probe = createProbe<'credential.fetch'>();
        const open = () => bus().consume('credential.fetch', { queue, handle: probe.handle, concurrency: 1 });
        const first = await open();
        for (const sourceId of ['a', 'b'])
          await bus().publish('credential.fetch', [{ data: { pool, sourceId }, urgency: 'expiring' }]);
        const held = await probe.next();
        const closing = first.close();
        held.end();
        await closing;
        assert.equal(await isShown(), true);
        const second = await open();
        (await probe.next()).end();
        await waitUntil('the pool to be empty', 20, async () => {
          const row = (await bus().depths()).find((each) => each.queue === queue);
          return row !== undefined && row.waiting + row.active === 0 ? true : undefined;
        });
        await second.close();
        assert.equal(await isShown(), false);
      });
    });
  });
}
