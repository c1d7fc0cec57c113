import assert from 'node:assert/strict';

import { failuresToOpen, openMaxSeconds, probeMaxSeconds } from '../../common/domain/credentials/circuit-breaker.ts';
import { fetchBurst, fetchesPerSecond } from '../../common/domain/credentials/pool-budget.ts';
import type { PoolBudget } from '../../common/ports/budgets.ts';
import type { Clock } from '../../common/ports/clock.ts';

export type PoolBudgetFactory = {
  /** Before all tests. */
  readonly start: () => Promise<void>;
  /** An empty budget, as two fetcher processes see it (the same object where there is only one process). */
  readonly open: (clock: Clock) => Promise<readonly [PoolBudget, PoolBudget]>;
  /** After all tests. */
  readonly stop: () => Promise<void>;
};

/** What every implementation of the budget of the pools promises. */
export function definePoolBudgetContract(name: string, factory: PoolBudgetFactory): void {
  describe(`pool budget: ${name}`, function () {
    this.timeout(60_000);
    let now: number;
    let here: PoolBudget;
    let there: PoolBudget;
    before(factory.start);
    after(factory.stop);
    beforeEach(async () => {
      now = Date.UTC(2026, 0, 2, 3, 4, 5);
      [here, there] = await factory.open(() => now);
    });

    const pass = (seconds: number): void => {
      now += seconds * 1000;
    };
    /** How many of so many fetches that both processes ask for at the same time are admitted. */
    const admittedOf = async (count: number, pool = 'cn-hangzhou.a'): Promise<number> => {
      const asked = Array.from({ length: count }, (_item, index) => (index % 2 === 0 ? here : there).take(pool));
      return (await Promise.all(asked)).filter(({ admitted }) => admitted).length;
    };
    const fail = async (times: number): Promise<void> => {
      for (let count = 0; count < times; count++) {
        await (count % 2 === 0 ? here : there).settle('cn-hangzhou.a', { kind: 'failed' });
      }
    };

    it('admits one burst and one rate, whichever process asks', async () => {
      assert.equal(await admittedOf(fetchBurst * 3), fetchBurst);
      pass(1);
      assert.equal(await admittedOf(fetchBurst * 3), fetchesPerSecond);
    });

    it('tells what keeps fetches away, to whichever process asks', async () => {
      assert.deepEqual(await there.blockedBy('cn-hangzhou.a'), []);
      await here.settle('cn-hangzhou.a', { kind: 'throttled', retryAfterSeconds: 30 });
      assert.deepEqual(await there.blockedBy('cn-hangzhou.a'), ['throttled']);
      pass(31);
      assert.deepEqual(await there.blockedBy('cn-hangzhou.a'), []);
      await fail(failuresToOpen);
      assert.deepEqual(await there.blockedBy('cn-hangzhou.a'), ['breaker-open']);
    });

    it('tells everybody who waits another moment, and admits them then', async () => {
      await admittedOf(fetchBurst);
      const moments = new Set<number>();
      for (let count = 0; count < 10; count++) {
        const answer = await (count % 2 === 0 ? here : there).take('cn-hangzhou.a');
        assert.ok(!answer.admitted);
        moments.add(now + answer.retryInSeconds * 1000);
      }
      assert.equal(moments.size, 10);
      for (const moment of moments) {
        now = moment;
        assert.deepEqual(await there.take('cn-hangzhou.a'), { admitted: true });
      }
    });

    it('keeps one pool apart from another', async () => {
      await admittedOf(fetchBurst);
      await here.settle('cn-hangzhou.a', { kind: 'throttled', retryAfterSeconds: 60 });
      assert.equal(await admittedOf(1, 'cn-shanghai.a'), 1);
      assert.equal(await admittedOf(1, 'cn-hangzhou.b'), 1);
    });

    it('holds back what the cloud has throttled, in the other process too, and no longer than it said', async () => {
      await here.settle('cn-hangzhou.a', { kind: 'throttled', retryAfterSeconds: 5 });
      pass(4.9);
      assert.equal(await admittedOf(4), 0);
      pass(0.1);
      assert.equal(await admittedOf(4), 1);
    });

    it('opens the breaker by the failures of all processes together', async () => {
      await fail(failuresToOpen - 1);
      assert.equal(await admittedOf(1), 1);
      await fail(1);
      assert.equal(await admittedOf(4), 0);
    });

    it('admits a single probe, whichever process asks, and closes the breaker by its success', async () => {
      await fail(failuresToOpen);
      pass(openMaxSeconds);
      assert.equal(await admittedOf(10), 1);
      await there.settle('cn-hangzhou.a', 'succeeded');
      assert.equal(await admittedOf(10), 10);
    });

    it('does not wait for ever for a probe of a process that was killed', async () => {
      await fail(failuresToOpen);
      pass(openMaxSeconds);
      await here.take('cn-hangzhou.a');
      pass(probeMaxSeconds);
      assert.deepEqual(await there.take('cn-hangzhou.a'), { admitted: true });
    });
  });
}
