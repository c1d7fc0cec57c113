import { inTime } from './answer-in-time.ts';
import { idleQueuesMax } from './bus-limits.ts';
import type { RedisClient } from './connection.ts';

/**
 * Names of the queues that somebody takes from. They are kept in Redis, because pools come and go with the configuration: a pool that
 * is needed no more is known to every process, also to those that start later, until nothing waits in it.
 * Everything rejects with `redis-unreachable` when Redis does not answer for two seconds.
 */
export type KnownQueues = {
  readonly names: () => Promise<readonly string[]>;
  readonly add: (queues: readonly string[]) => Promise<void>;
  readonly remove: (queue: string) => Promise<void>;
};

export function createKnownQueues(client: RedisClient, prefix: string): KnownQueues {
  const key = `${prefix}:queues`;
  return {
    names: async () => (await inTime(client.smembers(key))).slice(0, idleQueuesMax),
    add: async (queues) => {
      if (queues.length > 0) await inTime(client.sadd(key, ...queues));
    },
    remove: async (queue) => {
      await inTime(client.srem(key, queue));
    },
  };
}
