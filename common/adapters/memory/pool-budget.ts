import { blockedBy, newPoolState, settle, take, type PoolState } from '../../domain/credentials/pool-budget.ts';
import type { PoolBudget } from '../../ports/budgets.ts';
import type { Clock, Random } from '../../ports/clock.ts';

/**
 * What the pools of a single process may do. Pools come and go with the configuration: one that was silent for an hour is
 * forgotten (by then nothing of it matters any more), and the one that was silent longest once there are too many.
 */
export function createMemoryPoolBudget({ clock, random, poolsMax = 4096 }: MemoryPoolBudgetOptions): PoolBudget {
  /** The longest silent first: a Map keeps the order of insertion. */
  const pools = new Map<string, { readonly state: PoolState; readonly at: number }>();

  function keep(pool: string, state: PoolState, at: number): void {
    pools.delete(pool);
    pools.set(pool, { state, at });
    for (const [silent, known] of pools) {
      if (pools.size <= poolsMax && known.at + silenceSeconds * 1000 > at) return;
      pools.delete(silent);
    }
  }

  return {
    take(pool, patienceSeconds) {
      const now = clock();
      const { state, answer } = take(pools.get(pool)?.state ?? newPoolState(now), now, random, patienceSeconds);
      keep(pool, state, now);
      return Promise.resolve(answer);
    },
    settle(pool, outcome) {
      const now = clock();
      keep(pool, settle(pools.get(pool)?.state ?? newPoolState(now), outcome, now, random), now);
      return Promise.resolve();
    },
    blockedBy(pool) {
      const known = pools.get(pool);
      return Promise.resolve(known === undefined ? [] : blockedBy(known.state, clock()));
    },
  };
}

export type MemoryPoolBudgetOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly poolsMax?: number | undefined;
};

/** Longer than any pause and any time that a breaker stays open. */
const silenceSeconds = 3600;
