import { parseRedisUrl } from '../common/domain/redis-url.ts';
import { openRedisConnections } from '../queues/connection.ts';
import { checkRedisPolicy } from '../queues/redis-policy.ts';

/** Version and policy of the Redis at this URL, in words. Throws `redis-unreachable`, `redis-policy` and `setting-invalid`. */
export async function askRedis(url: string): Promise<string> {
  const { publisher, close } = await openRedisConnections({ target: parseRedisUrl(url), connectSeconds: 4 });
  try {
    await checkRedisPolicy(publisher);
    const version = /^redis_version:(\S+)/m.exec(await publisher.info('server').catch(() => ''))?.[1];
    return `${version === undefined ? 'answers' : `${version} answers`}, and drops no queued work (noeviction)`;
  } finally {
    close();
  }
}
