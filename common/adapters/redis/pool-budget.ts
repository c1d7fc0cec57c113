import * as z from 'zod';

import { blockedBy, newPoolState, settle, take, type PoolState } from '../../domain/credentials/pool-budget.ts';
import type { PoolBudget } from '../../ports/budgets.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import { poolScript } from './pool-script.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';

export type RedisPoolBudgetOptions = {
  readonly random: Random;
  /** Default: the time of Redis, which all processes share. */
  readonly clock?: Clock | undefined;
};

/**
 * What the pools may do, shared by all processes: one small text per pool that is changed by the same pure functions as in
 * memory, if nobody else changed it meanwhile, and otherwise thought through once more.
 *
 * Throws `redis-unreachable`. A text that cannot be read (a newer version's) counts as absent.
 */
export function createRedisPoolBudget(
  connection: RedisConnection,
  keys: RedisKeys,
  { random, clock }: RedisPoolBudgetOptions,
): PoolBudget {
  const inTurn = createTurns();

  async function exchange(what: string, pool: string, read: string, next: string): Promise<Exchange> {
    const answer = await connection.run(`${what} pool ${pool}`, (redis) =>
      redis.eval(poolScript, 1, keys.pool(pool), read, next, forgetMilliseconds),
    );
    const [kept, text, time] = exchanged.parse(answer);
    return { kept: kept === 1, text, now: clock?.() ?? time };
  }

  /** Answers with `undefined` when others were faster every time: then nothing was changed. */
  async function change<T>(what: string, pool: string, plan: Plan<T>): Promise<T | undefined> {
    let found = await exchange(what, pool, '', '');
    for (let tries = 1; tries <= triesMax; tries++) {
      const before = decode(found.text) ?? newPoolState(found.now);
      const { state, answer } = plan(before, found.now);
      if (state === before) return answer;
      found = await exchange(what, pool, found.text, JSON.stringify(state));
      if (found.kept) return answer;
    }
    return undefined;
  }

  return {
    take: (pool, patienceSeconds) =>
      inTurn(pool, async () => {
        const answer = await change('asking for a fetch of', pool, (before, now) =>
          take(before, now, random, patienceSeconds),
        );
        return answer ?? { admitted: false, retryInSeconds: 0.1 + random() / 10 };
      }),
    // An outcome that finds no place among so many others is one of many; a probe is given up by itself.
    settle: (pool, outcome) =>
      inTurn(pool, async () => {
        await change('telling how a fetch ended of', pool, (before, now) => ({
          state: settle(before, outcome, now, random),
          answer: true,
        }));
      }),
    async blockedBy(pool) {
      const { text, now } = await exchange('looking at', pool, '', '');
      const state = decode(text);
      return state === undefined ? [] : blockedBy(state, now);
    },
  };
}

type Plan<T> = (before: PoolState, now: number) => { readonly state: PoolState; readonly answer: T };

type Exchange = { readonly kept: boolean; readonly text: string; readonly now: number };

/** Each lost try is another process's success, and in a process there is one at a time. */
const triesMax = 10;

/** Longer than any pause and any time that a breaker stays open. */
const forgetMilliseconds = 60 * 60 * 1000;

const exchanged = z.tuple([z.number(), z.string(), z.number()]);

/** Runs the work on one pool in the order in which it comes: the workers of one process do not compete with each other. */
function createTurns(): <T>(pool: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (pool, work) => {
    const before = last.get(pool) ?? Promise.resolve();
    const turn = before.then(work, work);
    last.set(pool, turn);
    try {
      return await turn;
    } finally {
      if (last.get(pool) === turn) last.delete(pool);
    }
  };
}

function decode(text: string): PoolState | undefined {
  if (text === '') return undefined;
  try {
    return poolState.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const poolState = z.object({
  tokens: z.number(),
  refilledAt: z.number(),
  blockedUntil: z.number(),
  throttlesInARow: z.number(),
  lastTurnAt: z.number(),
  breaker: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('closed'), failuresInARow: z.number() }),
    z.object({ kind: z.literal('open'), openings: z.number(), until: z.number() }),
    z.object({ kind: z.literal('probing'), openings: z.number(), until: z.number() }),
  ]),
}) satisfies z.ZodType<PoolState>;
