import * as z from 'zod';

import { Failure } from '../../domain/failure.ts';
import { repairLimits, type RepairHistory } from '../../domain/pods/repair-history.ts';
import type { RepairMemory } from '../../ports/memories.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';

/**
 * The last evictions of hung pods, shared by all writers: one text, which is there only when something was evicted lately.
 *
 * Throws `redis-unreachable`, and `unexpected` when others are faster every time. A text that cannot be read counts as absent.
 */
export function createRedisRepairMemory(connection: RedisConnection, keys: RedisKeys): RepairMemory {
  const readText = async (): Promise<string> =>
    (await connection.run('reading the evictions', (redis) => redis.get(keys.repairs))) ?? '';

  return {
    read: async () => decode(await readText()),
    async change(plan) {
      for (let tries = 1; tries <= triesMax; tries++) {
        const text = await readText();
        const { history, answer } = plan(decode(text));
        const next = encode(history);
        if (next === text) return answer;
        const kept = await connection.run('keeping the evictions', (redis) =>
          redis.eval(replaceScript, 1, keys.repairs, text, next, repairLimits.rememberSeconds),
        );
        if (kept === 1) return answer;
      }
      throw new Failure('unexpected', `the list of evictions was changed ${triesMax} times in a row`);
    },
  };
}

/** Each writer handles one pod at a time: somebody else is as many as there are writers. */
const triesMax = 20;

/** Replaces the text if it is still the one that was read. Empty: there is none. */
const replaceScript = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
return 1
`;

function encode(history: RepairHistory): string {
  return history.length === 0 ? '' : JSON.stringify(history);
}

function decode(text: string): RepairHistory {
  if (text === '') return [];
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

const stored = z.array(
  z.object({ pod: z.string(), controller: z.string(), at: z.number(), tries: z.number(), refused: z.boolean() }),
);
