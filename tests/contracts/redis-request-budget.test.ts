import assert from 'node:assert/strict';

import { connectRedis, type RedisConnection } from '../../common/adapters/redis/redis-connection.ts';
import { redisKeys } from '../../common/adapters/redis/redis-keys.ts';
import { createRedisRequestBudget } from '../../common/adapters/redis/request-budget.ts';
import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import type { RequestBudget } from '../../common/ports/budgets.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import { defineRequestBudgetContract } from './request-budget.contract.ts';

let server: RedisServer;
let connections: readonly [RedisConnection, RedisConnection];

async function start(): Promise<void> {
  server = await startRedis();
  const connect = (): RedisConnection =>
    connectRedis(parseRedisUrl(server.url), { connectionName: 'request-budget-under-test', commandMilliseconds: 500 });
  connections = [connect(), connect()];
}

async function stop(): Promise<void> {
  for (const connection of connections) await connection.close();
  await server.stop();
}

/** As two processes see it; by Redis's own time unless another clock is given. */
async function open(
  perSecond: number,
  clocks: { readonly clock?: () => number; readonly localClock?: () => number },
): Promise<readonly [RequestBudget, RequestBudget]> {
  await server.flush();
  const [here, there] = connections;
  const options = { perSecond, ...clocks };
  return [createRedisRequestBudget(here, redisKeys(), options), createRedisRequestBudget(there, redisKeys(), options)];
}

defineRequestBudgetContract('in Redis', { start, open: (perSecond, clock) => open(perSecond, { clock }), stop });

describe('request budget in Redis', function () {
  this.timeout(60_000);

  before(start);
  after(stop);

  it('goes by the time of Redis: it grants again after the wait that it named', async () => {
    const [here] = await open(20, {});
    while ((await here.take(1)).granted > 0);
    await waitUntil('another grant', 20, async () => ((await here.take(1)).granted > 0 ? true : undefined));
  });

  it('without Redis gives each process its share, and all of it again afterwards', async () => {
    let now = 0;
    let redisNow = 1_000_000;
    const [here, there] = await open(100, { clock: () => redisNow, localClock: () => now });
    await here.take(1);
    await there.take(1);
    await here.take(1);
    server.pause();
    try {
      // Two processes asked: the share is 50 a second, of which a tenth is there at once.
      const grants = [await here.take(100)];
      for (; now < 900; now += 100) grants.push(await here.take(100));
      assert.equal(
        grants.reduce((sum, { granted }) => sum + granted, 0),
        5 + 40,
      );
    } finally {
      server.resume();
    }
    now += 10_000;
    redisNow += 10_000;
    assert.equal((await here.take(100)).granted, 10);
  });

  it('answers while Redis hangs, however often it is asked', async () => {
    const [here] = await open(1000, {});
    server.pause();
    try {
      for (let count = 0; count < 50; count++) await here.take(1);
    } finally {
      server.resume();
    }
  });
});
