import type { RedisConnection } from './redis-connection.ts';

/**
 * Removes every key that begins with the prefix, which must be a hash tag in braces: by it a Redis Cluster finds the node that has
 * them all. Throws `redis-unreachable`.
 */
export async function removeKeys(connection: RedisConnection, prefix: string): Promise<void> {
  let cursor = '0';
  do {
    const next: unknown = await connection.run('removing the keys of a demo', (redis) =>
      redis.eval(removeSome, 1, prefix, cursor, `${prefix}:*`),
    );
    cursor = String(next);
  } while (cursor !== '0');
}

/** KEYS: the prefix. ARGV: a cursor of SCAN, a pattern. Answers with the next cursor. */
const removeSome = `
  local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000)
  for _, key in ipairs(found[2]) do redis.call('UNLINK', key) end
  return found[1]
`;
