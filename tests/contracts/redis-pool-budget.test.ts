import assert from 'node:assert/strict';

import { Redis } from 'ioredis';

import { createRedisPoolBudget } from '../../common/adapters/redis/pool-budget.ts';
import { connectRedis, type RedisConnection } from '../../common/adapters/redis/redis-connection.ts';
import { redisKeys } from '../../common/adapters/redis/redis-keys.ts';
import { fetchBurst } from '../../common/domain/credentials/pool-budget.ts';
import { Failure } from '../../common/domain/failure.ts';
import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import type { PoolBudget } from '../../common/ports/budgets.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { definePoolBudgetContract } from './pool-budget.contract.ts';

let server: RedisServer;
let connections: readonly RedisConnection[];

async function start(): Promise<void> {
  server = await startRedis();
  connections = Array.from({ length: 4 }, () =>
    connectRedis(parseRedisUrl(server.url), { connectionName: 'pool-budget-under-test', commandMilliseconds: 1000 }),
  );
}

async function stop(): Promise<void> {
  for (const connection of connections) await connection.close();
  await server.stop();
}

/** As many fetcher processes as there are connections, by Redis's own time unless another clock is given. */
async function openBudgets(clock?: () => number): Promise<readonly PoolBudget[]> {
  await server.flush();
  return connections.map((connection) =>
    createRedisPoolBudget(connection, redisKeys(), { random: Math.random, ...(clock === undefined ? {} : { clock }) }),
  );
}

definePoolBudgetContract('in Redis', {
  start,
  async open(clock) {
    const [here, there] = await openBudgets(clock);
    assert.ok(here !== undefined && there !== undefined);
    return [here, there];
  },
  stop,
});

describe('pool budget in Redis', function () {
  this.timeout(60_000);
  const key = '{acr}:pool:cn-hangzhou.a';
  let admin: Redis;
  let budget: PoolBudget;
  let budgets: readonly PoolBudget[];

  before(start);
  after(stop);
  beforeEach(async () => {
    admin = new Redis(server.url);
    budgets = await openBudgets();
    const [first] = budgets;
    assert.ok(first !== undefined);
    budget = first;
  });
  afterEach(() => admin.disconnect());

  it('loses no fetch and admits none twice when four processes ask at the same moment', async () => {
    const [first] = connections;
    assert.ok(first !== undefined);
    const frozen = await openBudgets(() => 1_000_000);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => frozen.map((process) => process.take('cn-hangzhou.a'))).flat(),
    );
    assert.equal(answers.filter(({ admitted }) => admitted).length, fetchBurst);
  });

  it('goes by the time of Redis: it admits again after the pause has passed there', async () => {
    await budget.settle('cn-hangzhou.a', { kind: 'throttled', retryAfterSeconds: 300 });
    const answer = await budget.take('cn-hangzhou.a');
    assert.ok(!answer.admitted && answer.retryInSeconds > 290);
    const state = JSON.parse((await admin.get(key)) ?? '') as { readonly blockedUntil: number };
    const [seconds = 0] = (await admin.time()).map(Number);
    await admin.set(
      key,
      JSON.stringify({ ...state, blockedUntil: seconds * 1000 - 1, refilledAt: seconds * 1000 - 1 }),
    );
    assert.deepEqual(await budget.take('cn-hangzhou.a'), { admitted: true });
  });

  it('leaves one small text per pool, which is forgotten after an hour of silence', async () => {
    for (let count = 0; count < 30; count++) await budget.take('cn-hangzhou.a');
    for (let count = 0; count < 5; count++) await budget.settle('cn-hangzhou.a', { kind: 'failed' });
    assert.deepEqual(await admin.keys('*'), [key]);
    assert.ok((await admin.strlen(key)) < 300);
    const milliseconds = await admin.pttl(key);
    assert.ok(milliseconds > 3_500_000 && milliseconds <= 3_600_000);
  });

  it('writes nothing for a success that changes nothing', async () => {
    await budget.take('cn-hangzhou.a');
    await admin.pexpire(key, 1_000_000);
    await budget.settle('cn-hangzhou.a', 'succeeded');
    assert.ok((await admin.pttl(key)) <= 1_000_000);
  });

  for (const text of ['nonsense', '{"tokens":"many"}', '{"tokens":5,"breaker":{"kind":"later"}}']) {
    it(`begins anew over a text that it cannot read: ${text}`, async () => {
      await admin.set(key, text);
      assert.deepEqual(await budget.take('cn-hangzhou.a'), { admitted: true });
      assert.match((await admin.get(key)) ?? '', new RegExp(`"tokens":${fetchBurst - 1}`));
    });
  }

  it('begins anew after Redis was emptied', async () => {
    await budget.settle('cn-hangzhou.a', { kind: 'throttled', retryAfterSeconds: 300 });
    await server.flush();
    assert.deepEqual(await budget.take('cn-hangzhou.a'), { admitted: true });
  });

  it('rejects with redis-unreachable while Redis hangs, and works again afterwards', async () => {
    await budget.take('cn-hangzhou.a');
    server.pause();
    const unreachable = (error: unknown): boolean =>
      error instanceof Failure && error.code === 'redis-unreachable' && error.message.includes('pool cn-hangzhou.a');
    try {
      await assert.rejects(budget.take('cn-hangzhou.a'), unreachable);
      await assert.rejects(budget.settle('cn-hangzhou.a', { kind: 'failed' }), unreachable);
    } finally {
      server.resume();
    }
    assert.deepEqual(await budget.take('cn-hangzhou.a'), { admitted: true });
  });
});
