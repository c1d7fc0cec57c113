import { randomUUID } from 'node:crypto';

import * as z from 'zod';

import { fullBucket, takeTokens, type TokenBucket } from '../../domain/token-bucket.ts';
import type { RequestBudget } from '../../ports/budgets.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { requestBudgetScript } from './request-budget-script.ts';

export type RedisRequestBudgetOptions = {
  readonly perSecond: number;
  /** Default: the time of Redis, which all processes share. */
  readonly clock?: Clock | undefined;
  /** For the time without Redis, ms of any clock that does not go back. */
  readonly localClock?: Clock | undefined;
};

/**
 * One cap for all processes: a token bucket in Redis, from which each takes as much at once as it has use for.
 *
 * Without Redis each process goes by its own share, which is the cap divided by how many processes asked lately; Redis is asked
 * again a second later. Nobody waits longer than for one answer of Redis, and never rejects.
 */
export function createRedisRequestBudget(
  connection: RedisConnection,
  keys: RedisKeys,
  { perSecond, clock, localClock = () => performance.now() }: RedisRequestBudgetOptions,
): RequestBudget {
  const process = randomUUID();
  let sharers = 1;
  let alone: Alone | undefined;

  const takeShared = async (wanted: number): Promise<Grant> => {
    const answer = await connection.run('asking for Kubernetes requests', (redis) =>
      redis.eval(
        requestBudgetScript,
        2,
        keys.requestBudget,
        keys.requestSharers,
        process,
        perSecond,
        wanted,
        clock?.() ?? '',
      ),
    );
    const [granted, retryInMs, others] = grantShape.parse(answer);
    sharers = Math.max(1, others);
    return { granted, retryInMs };
  };

  const takeAlone = (wanted: number, { perSecond: share, bucket, until }: Alone): Grant => {
    const taken = takeTokens(bucket, { perSecond: share, wanted, now: localClock() });
    alone = { perSecond: share, bucket: taken.bucket, until };
    return taken;
  };

  return {
    async take(wanted) {
      if (alone !== undefined && localClock() < alone.until) return takeAlone(wanted, alone);
      try {
        const grant = await takeShared(wanted);
        alone = undefined;
        return grant;
      } catch {
        // Reported by the connection. The bucket is kept over the whole outage, so that asking Redis in vain refills nothing.
        const now = localClock();
        const share = alone?.perSecond ?? perSecond / sharers;
        const bucket = alone?.bucket ?? fullBucket(share, now);
        return takeAlone(wanted, { perSecond: share, bucket, until: now + aloneMs });
      }
    },
  };
}

/** How a process goes on without Redis, and until when before it asks again. */
type Alone = { readonly perSecond: number; readonly bucket: TokenBucket; readonly until: number };

type Grant = { readonly granted: number; readonly retryInMs: number };

const grantShape = z.tuple([z.number(), z.number(), z.number()]);

/** How long a process goes by its share before it asks Redis again. */
const aloneMs = 1000;
