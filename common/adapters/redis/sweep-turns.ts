import * as z from 'zod';

import type { SweepTurns } from '../../ports/memories.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';

/** Throws `redis-unreachable`. After a loss of Redis the sweep begins anew. */
export function createRedisSweepTurns(connection: RedisConnection, keys: RedisKeys): SweepTurns {
  return {
    async next(everySeconds) {
      const answer = await connection.run('asking whose turn the sweep is', (redis) =>
        redis.eval(turnScript, 2, keys.sweepTurnTaken, keys.sweepTurn, Math.ceil(everySeconds * 800)),
      );
      return z.number().nullable().parse(answer) ?? undefined;
    },
  };
}

/** Somewhat shorter than the pause between two turns, so that a clock that is a little early does not lose its turn. */
const turnScript = `
if not redis.call('SET', KEYS[1], '1', 'PX', ARGV[1], 'NX') then return false end
return redis.call('INCR', KEYS[2]) - 1
`;
