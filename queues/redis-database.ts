import { Failure } from '../common/domain/failure.ts';
import { describeRedisError, toRedisFailure } from '../common/domain/redis-failure.ts';
import { describeRedisTarget, type RedisTarget } from '../common/domain/redis-url.ts';
import type { RedisClient } from './connection.ts';

/**
 * Throws `setting-invalid` unless this Redis has the database of the URL: ioredis reports a SELECT that fails as an error among
 * others, and goes on in database 0, which may be somebody else's.
 */
export async function checkRedisDatabase(client: RedisClient, target: RedisTarget): Promise<void> {
  if (target.kind === 'cluster' || target.database === 0) return;
  try {
    await client.call('SELECT', String(target.database));
  } catch (error) {
    const failure = toRedisFailure(`database ${String(target.database)} of ${describeRedisTarget(target)}`, error);
    if (!/index is out of range/.test(describeRedisError(error))) throw failure;
    throw new Failure('setting-invalid', failure.message, { hint: failure.hint });
  }
}
