import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { newSealKey, openRedisStores, type RedisStores } from './redis-stores.ts';
import { defineStoresContract } from './stores.contract.ts';

let server: RedisServer;
let stores: readonly [RedisStores, RedisStores];

defineStoresContract('in Redis', {
  async start() {
    server = await startRedis();
    const keyFile = newSealKey();
    stores = [openRedisStores(server.url, keyFile), openRedisStores(server.url, keyFile)];
  },
  async open() {
    await stores[0].connection.run('emptying Redis for a test', (redis) => redis.flushall());
    return stores;
  },
  async stop() {
    for (const { connection } of stores) await connection.close();
    await server.stop();
  },
});
