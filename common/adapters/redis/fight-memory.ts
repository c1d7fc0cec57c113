import * as z from 'zod';

import { Failure } from '../../domain/failure.ts';
import type { NamespaceFights } from '../../domain/namespaces/fights.ts';
import type { FightMemory } from '../../ports/memories.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';

/**
 * Which objects had to be corrected lately, shared by all writers: one hash with a field per namespace, which is there only while
 * something in the namespace is changed against our will.
 *
 * Throws `redis-unreachable`, and `unexpected` when others are faster every time. A text that cannot be read counts as absent.
 */
export function createRedisFightMemory(connection: RedisConnection, keys: RedisKeys): FightMemory {
  const readText = async (namespace: string): Promise<string> =>
    (await connection.run(`reading the fights of namespace ${namespace}`, (redis) =>
      redis.hget(keys.fights, namespace),
    )) ?? '';

  return {
    read: async (namespace) => decode(await readText(namespace)),
    async change(namespace, plan) {
      for (let tries = 1; tries <= triesMax; tries++) {
        const text = await readText(namespace);
        const { fights, answer } = plan(decode(text));
        const next = encode(fights);
        if (next === text) return answer;
        const kept = await connection.run(`keeping the fights of namespace ${namespace}`, (redis) =>
          redis.eval(replaceScript, 1, keys.fights, namespace, text, next),
        );
        if (kept === 1) return answer;
      }
      throw new Failure('unexpected', `the fights of namespace ${namespace} were changed ${triesMax} times in a row`);
    },
    namespaces: () => connection.run('reading the fights', (redis) => redis.hkeys(keys.fights)),
  };
}

/** A namespace is handled by one writer at a time: somebody else is only who forgets what is over. */
const triesMax = 5;

/** Replaces the text of a field if it is still the one that was read. Empty: there is none. */
const replaceScript = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1
`;

function encode(fights: NamespaceFights): string {
  return fights.size === 0 ? '' : JSON.stringify([...fights]);
}

function decode(text: string): NamespaceFights {
  if (text === '') return new Map();
  try {
    return new Map(stored.parse(JSON.parse(text)));
  } catch {
    return new Map();
  }
}

const stored = z.array(z.tuple([z.string(), z.object({ corrections: z.array(z.number()), recognised: z.boolean() })]));
