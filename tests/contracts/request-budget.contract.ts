import assert from 'node:assert/strict';

import type { RequestBudget } from '../../common/ports/budgets.ts';
import type { Clock } from '../../common/ports/clock.ts';

export type RequestBudgetFactory = {
  /** Before all tests. */
  readonly start: () => Promise<void>;
  /** A full budget, as two processes see it (the same object where there is only one process). */
  readonly open: (perSecond: number, clock: Clock) => Promise<readonly [RequestBudget, RequestBudget]>;
  /** After all tests. */
  readonly stop: () => Promise<void>;
};

/** What every implementation of the cap on requests promises. */
export function defineRequestBudgetContract(name: string, factory: RequestBudgetFactory): void {
  describe(`request budget: ${name}`, function () {
    this.timeout(60_000);
    let now: number;
    let here: RequestBudget;
    let there: RequestBudget;
    before(factory.start);
    after(factory.stop);

    const open = async (perSecond: number): Promise<void> => {
      now = Date.UTC(2026, 0, 2, 3, 4, 5);
      [here, there] = await factory.open(perSecond, () => now);
    };
    /** What both processes together get when they ask at the same time, each so many times for so much. */
    const grantedOf = async (times: number, wanted: number): Promise<number> => {
      const asked = Array.from({ length: times }, () => [here.take(wanted), there.take(wanted)]).flat();
      return (await Promise.all(asked)).reduce((sum, { granted }) => sum + granted, 0);
    };

    it('grants a tenth of a second at once, whichever process asks', async () => {
      await open(100);
      assert.equal(await grantedOf(10, 3), 10);
    });

    it('grants no more than its rate in the long run, and all of it', async () => {
      await open(50);
      let granted = 0;
      for (let tick = 0; tick < 100; tick++, now += 100) granted += await grantedOf(2, 4);
      assert.ok(granted >= 500 && granted <= 505, String(granted));
    });

    it('names the wait after which something is granted', async () => {
      await open(2);
      await here.take(1);
      const { granted, retryInMs } = await there.take(5);
      assert.deepEqual({ granted, retryInMs }, { granted: 0, retryInMs: 500 });
      now += retryInMs;
      assert.equal((await here.take(5)).granted, 1);
    });

    it('saves up nothing over a quiet time but a tenth of a second', async () => {
      await open(100);
      now += 3_600_000;
      assert.equal(await grantedOf(5, 100), 10);
    });

    it('is not refilled by a clock that goes back', async () => {
      await open(10);
      await here.take(1);
      now -= 60_000;
      assert.equal((await there.take(1)).granted, 0);
    });
  });
}
