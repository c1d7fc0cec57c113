import assert from 'node:assert/strict';
import { once } from 'node:events';

import { Redis } from 'ioredis';

import { startRedis, type RedisServer } from './redis.ts';

describe('the real Redis server', function () {
  this.timeout(120_000);
  let server: RedisServer;
  let client: Redis;

  before(async () => {
    server = await startRedis({ password: 'pass word/1' });
  });

  beforeEach(() => {
    client = new Redis(server.url);
    client.on('error', () => {});
  });

  afterEach(() => client.disconnect());

  after(() => server.stop());

  it('evicts nothing unless it is told to', async () => {
    assert.deepEqual(await client.config('GET', 'maxmemory-policy'), ['maxmemory-policy', 'noeviction']);
  });

  it('asks for the password', async () => {
    const stranger = new Redis(server.port, '127.0.0.1', { lazyConnect: true });
    stranger.on('error', () => {});
    await assert.rejects(stranger.get('x'), /NOAUTH/);
    stranger.disconnect();
  });

  it('has on the same port after a kill and a restart all that it acknowledged', async () => {
    await client.set('kept', 'yes');
    await server.kill();
    await server.restart();
    assert.equal(await client.get('kept'), 'yes');
  });

  it('closes the connections of its clients and goes on serving them', async () => {
    await client.ping();
    const closed = once(client, 'close');
    await server.cutConnections();
    await closed;
    assert.equal(await client.ping(), 'PONG');
  });

  it('forgets every key when it is flushed', async () => {
    await client.set('gone', 'soon');
    await server.flush();
    assert.equal(await client.dbsize(), 0);
  });

  it('takes another eviction policy', async () => {
    const evicting = await startRedis({ maxmemoryPolicy: 'allkeys-lru' });
    const other = new Redis(evicting.url);
    try {
      assert.deepEqual(await other.config('GET', 'maxmemory-policy'), ['maxmemory-policy', 'allkeys-lru']);
    } finally {
      other.disconnect();
      await evicting.stop();
    }
  });
});
