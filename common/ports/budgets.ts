import type { PoolObstacle } from '../domain/credentials/pool-budget.ts';

/**
 * How many calls each pool (a region and an account) may make: a token bucket, a back-off that the cloud asked for, and a circuit
 * breaker. Shared by all fetcher processes.
 */
export type PoolBudget = {
  /** Asks for one fetch now; otherwise says how long to wait. After `patienceSeconds` an account that did not answer is probed again. */
  take(
    pool: string,
    patienceSeconds?: number,
  ): Promise<{ readonly admitted: true } | { readonly admitted: false; readonly retryInSeconds: number }>;
  /** Tells how an admitted fetch ended, so that the breaker opens and closes. */
  settle(pool: string, outcome: 'succeeded' | PoolTrouble): Promise<void>;
  /** What keeps fetches away from the pool just now; changes nothing. */
  blockedBy(pool: string): Promise<readonly PoolObstacle[]>;
};

/** `throttled`: the cloud asked for a pause (in seconds, where it said so). `failed`: no answer, or an error of its own. */
export type PoolTrouble =
  { readonly kind: 'throttled'; readonly retryAfterSeconds?: number | undefined } | { readonly kind: 'failed' };

/** A cap on requests per second, shared by all processes of the helper. */
export type RequestBudget = {
  /**
   * Asks for up to `wanted` (at least 1) requests. What is granted may be made at once; with none granted, ask again after
   * `retryInMs`. Never rejects, and answers within seconds.
   */
  take(wanted: number): Promise<{ readonly granted: number; readonly retryInMs: number }>;
};
