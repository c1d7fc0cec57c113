import { fullBucket, takeTokens } from '../../domain/token-bucket.ts';
import type { RequestBudget } from '../../ports/budgets.ts';
import type { Clock } from '../../ports/clock.ts';

/** The cap of a single process. `clock`: ms of any clock that does not go back. */
export function createMemoryRequestBudget(perSecond: number, clock: Clock): RequestBudget {
  let bucket = fullBucket(perSecond, clock());
  return {
    take(wanted) {
      const { granted, retryInMs, bucket: left } = takeTokens(bucket, { perSecond, wanted, now: clock() });
      bucket = left;
      return Promise.resolve({ granted, retryInMs });
    },
  };
}
