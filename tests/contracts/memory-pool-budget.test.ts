import assert from 'node:assert/strict';

import { createMemoryPoolBudget } from '../../common/adapters/memory/pool-budget.ts';
import { fetchBurst } from '../../common/domain/credentials/pool-budget.ts';
import { definePoolBudgetContract } from './pool-budget.contract.ts';

definePoolBudgetContract('in memory', {
  start: () => Promise.resolve(),
  open(clock) {
    const budget = createMemoryPoolBudget({ clock, random: Math.random });
    return Promise.resolve([budget, budget]);
  },
  stop: () => Promise.resolve(),
});

describe('pool budget in memory: how much it remembers', () => {
  it('forgets the pool that was silent longest when there are too many', async () => {
    const budget = createMemoryPoolBudget({ clock: () => 0, random: () => 0.5, poolsMax: 2 });
    const isThrottled = async (pool: string): Promise<boolean> => !(await budget.take(pool)).admitted;
    for (const pool of ['a', 'b', 'c']) await budget.settle(pool, { kind: 'throttled' });
    assert.deepEqual([await isThrottled('b'), await isThrottled('c')], [true, true]);
    assert.equal(await isThrottled('a'), false);
  });

  it('remembers a pool as long as it is in use', async () => {
    let now = 0;
    const budget = createMemoryPoolBudget({ clock: () => now, random: () => 0.5 });
    for (let count = 0; count < fetchBurst; count++) await budget.take('a');
    await budget.take('b');
    assert.equal((await budget.take('a')).admitted, false);
    now += 3_600_000;
    await budget.settle('a', { kind: 'throttled' });
    assert.equal((await budget.take('a')).admitted, false);
  });
});
