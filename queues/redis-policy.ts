import { Failure } from '../common/domain/failure.ts';
import type { RedisClient } from './connection.ts';

/**
 * Throws `redis-policy` unless this Redis keeps what it was given: any `maxmemory-policy` but `noeviction` lets it drop queued work.
 *
 * Asks CONFIG GET, and INFO where an ACL or a cloud forbids CONFIG. Where neither tells, nothing is thrown.
 */
export async function checkRedisPolicy(client: RedisClient): Promise<void> {
  const policy = (await fromConfig(client)) ?? (await fromInfo(client));
  if (policy === undefined || policy === 'noeviction') return;
  throw new Failure(
    'redis-policy',
    `Redis has maxmemory-policy ${policy}: it would drop queued work when its memory is full`,
    {
      hint: 'set maxmemory-policy noeviction (redis.conf, or CONFIG SET maxmemory-policy noeviction)',
    },
  );
}

async function fromConfig(client: RedisClient): Promise<string | undefined> {
  try {
    const answer: unknown = await client.call('CONFIG', 'GET', 'maxmemory-policy');
    const value: unknown = Array.isArray(answer) ? answer[1] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

async function fromInfo(client: RedisClient): Promise<string | undefined> {
  try {
    const text = await client.info('memory');
    return /^maxmemory_policy:(\S+)/m.exec(text)?.[1];
  } catch {
    return undefined;
  }
}
