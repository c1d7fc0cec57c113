import assert from 'node:assert/strict';

import { createRedisFightMemory } from '../../common/adapters/redis/fight-memory.ts';
import { connectRedis, type RedisConnection } from '../../common/adapters/redis/redis-connection.ts';
import { redisKeys } from '../../common/adapters/redis/redis-keys.ts';
import { createRedisRepairMemory } from '../../common/adapters/redis/repair-memory.ts';
import { createRedisSweepTurns } from '../../common/adapters/redis/sweep-turns.ts';
import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { defineWriterMemoryContract, type WriterMemory } from './fight-memory.contract.ts';

let server: RedisServer;
let connections: readonly [RedisConnection, RedisConnection];

async function start(): Promise<void> {
  server = await startRedis();
  const connect = (): RedisConnection =>
    connectRedis(parseRedisUrl(server.url), { connectionName: 'writer-memory-under-test' });
  connections = [connect(), connect()];
}

async function stop(): Promise<void> {
  for (const connection of connections) await connection.close();
  await server.stop();
}

async function open(): Promise<readonly [WriterMemory, WriterMemory]> {
  await server.flush();
  const memoryOf = (connection: RedisConnection): WriterMemory => ({
    fights: createRedisFightMemory(connection, redisKeys()),
    sweepTurns: createRedisSweepTurns(connection, redisKeys()),
    repairs: createRedisRepairMemory(connection, redisKeys()),
  });
  return [memoryOf(connections[0]), memoryOf(connections[1])];
}

defineWriterMemoryContract('in Redis', { start, open, stop });

describe('memory of the writers in Redis', function () {
  this.timeout(60_000);
  before(start);
  after(stop);

  it('gives one turn of the sweep to one of two writers that ask at about the same time', async () => {
    const [here, there] = await open();
    const turns = await Promise.all([here.sweepTurns.next(3600), there.sweepTurns.next(3600)]);
    assert.deepEqual(
      turns.filter((turn) => turn !== undefined),
      [0],
    );
    assert.equal(await here.sweepTurns.next(3600), undefined);
  });

  it('counts a text that nobody can read as absent, and replaces it', async () => {
    const [here] = await open();
    const { fights: key } = redisKeys();
    await connections[0].run('breaking a text', (redis) => redis.hset(key, 'shop', '{"not":"ours"}'));
    assert.equal((await here.fights.read('shop')).size, 0);
    await here.fights.change('shop', () => ({
      fights: new Map([['Secret ours', { corrections: [1], recognised: false }]]),
      answer: undefined,
    }));
    assert.equal((await here.fights.read('shop')).size, 1);
  });

  it('counts a list of evictions that nobody can read as empty, and keeps a new one for a day', async () => {
    const [here] = await open();
    const { repairs: key } = redisKeys();
    await connections[0].run('breaking a text', (redis) => redis.set(key, '[{"not":"ours"}]'));
    assert.deepEqual(await here.repairs.read(), []);
    const attempt = { pod: 'a', controller: 'web', at: 1, tries: 1, refused: false };
    await here.repairs.change(() => ({ history: [attempt], answer: undefined }));
    assert.deepEqual(await here.repairs.read(), [attempt]);
    const seconds = await connections[0].run('reading the time to live', (redis) => redis.ttl(key));
    assert.ok(seconds > 86_000 && seconds <= 86_400, `${seconds} s`);
  });
});
