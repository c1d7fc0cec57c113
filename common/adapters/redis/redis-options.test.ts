import assert from 'node:assert/strict';

import { parseRedisUrl } from '../../domain/redis-url.ts';
import { redisClientOptions, type RedisClientOptions } from './redis-options.ts';

describe('options of the Redis client', () => {
  it('neither queue commands without a connection nor send them twice', () => {
    const created = optionsOf('redis://cache:1/2');
    assert.ok(created.kind === 'redis');
    const { host, port, db, enableOfflineQueue, autoResendUnfulfilledCommands, maxRetriesPerRequest } = created.options;
    assert.deepEqual([host, port, db], ['cache', 1, 2]);
    assert.deepEqual([enableOfflineQueue, autoResendUnfulfilledCommands, maxRetriesPerRequest], [false, false, 0]);
  });

  it('speak TLS with the given certificates only where the URL says so', () => {
    const plain = optionsOf('redis://cache');
    const secured = redisClientOptions(parseRedisUrl('rediss://cache'), timeouts, 'test', { ca: 'PEM' });
    assert.ok(plain.kind === 'redis' && secured.kind === 'redis');
    assert.deepEqual([plain.options.tls, secured.options.tls], [undefined, { ca: 'PEM' }]);
  });

  it('give the user and password to Redis, and to Sentinels only what is theirs', () => {
    const created = optionsOf('rediss-sentinel://me:one@a,b/m/3?sentinel-password=two');
    assert.ok(created.kind === 'redis');
    const { username, password, sentinelUsername, sentinelPassword, name, db, sentinels, sentinelTLS } =
      created.options;
    assert.deepEqual([username, password, sentinelUsername, sentinelPassword], ['me', 'one', undefined, 'two']);
    assert.deepEqual([name, db, sentinels?.length, sentinelTLS], ['m', 3, 2, {}]);
  });

  it('name the nodes of a Cluster', () => {
    const created = optionsOf('redis-cluster://:x@a,b:2');
    assert.ok(created.kind === 'cluster');
    assert.deepEqual(created.nodes, [
      { host: 'a', port: 6379 },
      { host: 'b', port: 2 },
    ]);
    assert.equal(created.options.redisOptions?.password, 'x');
  });

  it('wait longer between attempts up to three seconds', () => {
    const created = optionsOf('redis://cache');
    assert.ok(created.kind === 'redis');
    const delays = [1, 2, 7, 100].map((attempt) => created.options.retryStrategy?.(attempt));
    assert.deepEqual(delays, [50, 100, 3_000, 3_000]);
  });
});

const timeouts = { commandMilliseconds: 1_000 };

function optionsOf(url: string): RedisClientOptions {
  return redisClientOptions(parseRedisUrl(url), timeouts, 'test');
}
