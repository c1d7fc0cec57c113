import assert from 'node:assert/strict';

import { turnsUntilTheLessUrgent } from '../../common/domain/urgency.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import type { Probe } from './bus-probe.ts';
import { busForEachTest, sync, type BusFactory } from './bus-under-test.ts';

/** One at a time of a key, the newest data, and the most urgent first. */
export function defineBusOrderContract(kind: string, open: BusFactory): void {
  describe(`${kind}: keys and urgency`, () => {
    const { bus, publish, consume } = busForEachTest(open);

    describe('keys', () => {
      it('hands a message over with its data, its urgency and attempt 1', async () => {
        await publish('shop', 'expiring', 'account');
        const { data, urgency, attempt, end } = await (await consume()).next();
        end();
        assert.deepEqual(
          { data, urgency, attempt },
          { data: { namespace: 'shop', cause: 'account' }, urgency: 'expiring', attempt: 1 },
        );
      });

      it('handles a key that waits once, however often it was published, with its newest data', async () => {
        await publish('shop', 'periodic', 'sweep');
        await publish('shop', 'periodic', 'account');
        await bus().publish('namespace.sync', [sync('shop', 'periodic', 'sweep'), sync('shop', 'periodic', 'secret')]);
        const probe = await consume(8);
        const first = await probe.next();
        assert.equal(first.data.cause, 'secret');
        first.end();
        await probe.assertQuiet();
      });

      it('never handles a key twice at once, and handles it once more when it was published meanwhile', async () => {
        const probe = await consume(8);
        await publish('shop', 'periodic', 'sweep');
        const first = await probe.next();
        await publish('shop', 'periodic', 'sweep');
        await publish('shop', 'periodic', 'account');
        await probe.assertQuiet();
        first.end();
        const second = await probe.next();
        assert.equal(second.data.cause, 'account');
        second.end();
        await probe.assertQuiet();
      });

      it('handles different keys at the same time, as many as the consumer asks for', async () => {
        await bus().publish(
          'namespace.sync',
          ['a', 'b', 'c', 'd'].map((name) => sync(name)),
        );
        const probe = await consume(3);
        const held = [await probe.next(), await probe.next(), await probe.next()];
        await probe.assertQuiet();
        held[0]!.end();
        held.push(await probe.next());
        assert.deepEqual(held.map(({ data }) => data.namespace).toSorted(), ['a', 'b', 'c', 'd']);
        for (const { end } of held) end();
      });

      it('takes a thousand messages at once and loses none', async () => {
        const names = Array.from({ length: 1000 }, (_, index) => `ns-${String(index)}`);
        const seen = new Set<string>();
        await bus().consume('namespace.sync', { handle: async ({ data }) => void seen.add(data.namespace) });
        await bus().publish(
          'namespace.sync',
          names.map((name) => sync(name)),
        );
        await waitUntil('all namespaces', 9, async () => (seen.size === names.length ? true : undefined));
      });
    });

    describe('urgency', () => {
      it('takes the most urgent first, and of the same urgency the one published first', async () => {
        await publish('late', 'periodic');
        await publish('drifted', 'drifted');
        await publish('first', 'unserved');
        await publish('second', 'unserved');
        await publish('expiring', 'expiring');
        assert.deepEqual(await drain(await consume(), 5), ['first', 'second', 'expiring', 'drifted', 'late']);
      });

      it('lets the less urgent have a turn once in a while, however much urgent work there is', async () => {
        const urgentOnes = Array.from({ length: turnsUntilTheLessUrgent * 4 }, (_item, index) => `urgent-${index}`);
        await publish('late', 'periodic');
        await publish('later', 'drifted');
        await bus().publish(
          'namespace.sync',
          urgentOnes.map((name) => sync(name, 'new')),
        );
        const order = await drain(await consume(), urgentOnes.length + 2);
        const beforeTheLastUrgentOne = order.slice(
          0,
          order.findLastIndex((name) => name.startsWith('urgent')),
        );
        assert.deepEqual(beforeTheLastUrgentOne.filter((name) => name.startsWith('late')).toSorted(), [
          'late',
          'later',
        ]);
      });

      it('a more urgent publish pulls the waiting message forward, a less urgent one does not push it back', async () => {
        await publish('a', 'drifted');
        await publish('b', 'periodic');
        await publish('b', 'unserved');
        await publish('b', 'periodic');
        const probe = await consume();
        const first = await probe.next();
        assert.deepEqual([first.data.namespace, first.urgency], ['b', 'unserved']);
        first.end();
        (await probe.next()).end();
      });

      it('remembers the highest urgency of what was published while the key was being handled', async () => {
        const probe = await consume();
        await publish('shop', 'periodic');
        const first = await probe.next();
        await publish('shop', 'unserved');
        await publish('shop', 'periodic');
        await publish('other', 'expiring');
        first.end();
        const second = await probe.next();
        assert.deepEqual([second.data.namespace, second.urgency], ['shop', 'unserved']);
        second.end();
        (await probe.next()).end();
      });
    });
  });
}

async function drain(probe: Probe<'namespace.sync'>, count: number): Promise<string[]> {
  const order: string[] = [];
  while (order.length < count) {
    const delivery = await probe.next();
    order.push(delivery.data.namespace);
    delivery.end();
  }
  return order;
}
