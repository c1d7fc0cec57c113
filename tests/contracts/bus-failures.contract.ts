import assert from 'node:assert/strict';

import { waitUntil } from '../real-parts/wait-until.ts';
import { busForEachTest, failure, type BusFactory } from './bus-under-test.ts';

/** What becomes of a message whose handler fails, or asks to be called again. */
export function defineBusFailuresContract(kind: string, open: BusFactory): void {
  describe(`${kind}: failures and coming back`, () => {
    const { failures, publish, consume, untilDelayed } = busForEachTest(open);

    describe('failures', () => {
      it('brings a failed message back with the number of the attempt, until it succeeds', async () => {
        const probe = await consume();
        await publish('shop');
        for (const attempt of [1, 2, 3]) {
          const delivery = await probe.next();
          assert.equal(delivery.attempt, attempt);
          if (attempt < 3) delivery.fail(failure({ kind: 'read-again' }));
          else delivery.end();
        }
        await probe.assertQuiet();
        await publish('shop');
        const fresh = await probe.next();
        assert.equal(fresh.attempt, 1);
        fresh.end();
      });

      it('waits by the reaction of the failure, and tells the observer how long', async () => {
        const probe = await consume();
        await publish('shop');
        (await probe.next()).fail(failure({ kind: 'retry' }));
        (await probe.next()).fail(failure({ kind: 'retry-after', seconds: 100 }));
        await waitUntil('two failures', 5, async () => (failures().length === 2 ? true : undefined));
        await publish('shop');
        (await probe.next()).fail(failure({ kind: 'retry-slowly' }));
        await waitUntil('three failures', 5, async () => (failures().length === 3 ? true : undefined));
        const [retry, after, slowly] = failures().map(({ retryInSeconds }) => retryInSeconds ?? Number.NaN);
        assert.ok(retry! >= 0.2 && retry! <= 0.4, `retry after ${String(retry)} s`);
        assert.ok(after! >= 100 && after! <= 110, `retry-after after ${String(after)} s`);
        assert.ok(slowly! >= 120 && slowly! <= 300, `retry-slowly after ${String(slowly)} s`);
        assert.deepEqual([...new Set(failures().map(({ key }) => key))], ['shop']);
      });

      it('an error that nobody expected is retried as one', async () => {
        const probe = await consume();
        await publish('shop');
        (await probe.next()).fail(new TypeError('undefined is not a function'));
        (await probe.next()).end();
        assert.deepEqual(
          failures().map(({ code }) => code),
          ['unexpected'],
        );
      });

      it('give-up ends the message and frees its key', async () => {
        const probe = await consume();
        await publish('shop');
        (await probe.next()).fail(failure({ kind: 'give-up' }));
        await probe.assertQuiet();
        assert.deepEqual(
          failures().map(({ retryInSeconds }) => retryInSeconds),
          [undefined],
        );
        await publish('shop');
        const again = await probe.next();
        assert.equal(again.attempt, 1);
        again.end();
      });

      it('a publish wakes a message that waits out a back-off, whatever its urgency, with its newest data', async () => {
        const probe = await consume();
        await publish('shop', 'unserved', 'account');
        (await probe.next()).fail(failure({ kind: 'retry-after', seconds: 3000 }));
        await untilDelayed(1);
        await publish('shop', 'periodic', 'secret');
        const woken = await probe.next();
        assert.deepEqual([woken.data.cause, woken.urgency, woken.attempt], ['secret', 'unserved', 2]);
        woken.end();
        await probe.assertQuiet();
      });

      it('a publish during a handling that then fails is handled at once', async () => {
        const probe = await consume();
        await publish('shop', 'periodic', 'sweep');
        const first = await probe.next();
        await publish('shop', 'periodic', 'account');
        first.fail(failure({ kind: 'retry-after', seconds: 3000 }));
        const second = await probe.next();
        assert.deepEqual([second.data.cause, second.attempt], ['account', 1]);
        second.end();
        await probe.assertQuiet();
        assert.deepEqual(
          failures().map(({ retryInSeconds }) => retryInSeconds),
          [0],
        );
      });

      it('a publish during a handling that gives up is handled', async () => {
        const probe = await consume();
        await publish('shop');
        const first = await probe.next();
        await publish('shop');
        first.fail(failure({ kind: 'give-up' }));
        (await probe.next()).end();
      });
    });

    describe('coming back', () => {
      it('a handler that asks for it is called again later, with attempt 1 also after failures', async () => {
        const probe = await consume();
        await publish('shop');
        (await probe.next()).fail(failure({ kind: 'read-again' }));
        (await probe.next()).end({ againAfterSeconds: 0.05 });
        const again = await probe.next();
        assert.equal(again.attempt, 1);
        again.fail(failure({ kind: 'read-again' }));
        const second = await probe.next();
        assert.equal(second.attempt, 2);
        second.end();
        await probe.assertQuiet();
      });

      it('a publish brings it back earlier', async () => {
        const probe = await consume();
        await publish('shop');
        (await probe.next()).end({ againAfterSeconds: 3000 });
        await untilDelayed(1);
        await publish('shop');
        (await probe.next()).end();
      });

      it('a publish before the handler asked for it brings it back at once', async () => {
        const probe = await consume();
        await publish('shop');
        const first = await probe.next();
        await publish('shop');
        first.end({ againAfterSeconds: 3000 });
        (await probe.next()).end();
        await probe.assertQuiet();
      });
    });
  });
}
