import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { Redis } from 'ioredis';

import type { Failure } from '../../common/domain/failure.ts';
import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import type { Bus, BusObserver } from '../../queues/bus.ts';
import { openRedisBus } from '../../queues/redis-bus.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

describe('Redis bus when Redis fails', function () {
  this.timeout(30_000);
  let redis: RedisServer;
  let bus: Bus;
  let states: string[];

  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());
  beforeEach(async () => {
    states = [];
    bus = await open(redis, { connection: (state) => void states.push(state) });
  });
  afterEach(() => bus.close());

  it('loses no name when connections are cut, and tells of each outage once', async () => {
    const story = await startStory(bus);
    for (let round = 0; round < 4; round++) {
      await story.publishSome();
      await redis.cutConnections();
      await story.publishSome();
    }
    await story.finish();
    assert.ok(states.length > 0);
    assert.deepEqual(
      states,
      states.map((_, index) => (index % 2 === 0 ? 'lost' : 'restored')),
    );
    assert.equal(states.at(-1), 'restored');
  });

  it('loses no name when Redis is killed and started again with its append-only file', async () => {
    const story = await startStory(bus);
    for (let round = 0; round < 2; round++) {
      await story.publishSome();
      await redis.restart();
      await story.publishSome();
    }
    await story.finish();
  });

  it('a publish during an outage is refused with redis-unreachable, and the same bus works afterwards', async () => {
    const handled: string[] = [];
    await bus.consume('namespace.sync', { handle: async ({ data }) => void handled.push(data.namespace) });
    await redis.kill();
    await assert.rejects(publish(bus, 'shop'), isUnreachable);
    await assert.rejects(bus.depths(), isUnreachable);
    await redis.restart();
    await publishUntilTaken(bus, ['shop']);
    await waitUntil('the message', 10, async () => (handled.length > 0 ? true : undefined));
    assert.deepEqual(states, ['lost', 'restored']);
  });

  it('a publish to a Redis that accepts and never answers is refused too', async () => {
    redis.pause();
    try {
      await assert.rejects(publish(bus, 'shop'), isUnreachable);
    } finally {
      redis.resume();
    }
    await publishUntilTaken(bus, ['shop']);
  });

  it('a consumer that is started during an outage begins when Redis is back', async () => {
    await redis.kill();
    await waitUntil('the outage to be seen', 10, async () => states[0]);
    let handled = 0;
    await bus.consume('namespace.sync', { handle: async () => void handled++ });
    await redis.restart();
    await publishUntilTaken(bus, ['shop']);
    await waitUntil('the message', 10, async () => (handled > 0 ? true : undefined));
  });

  it('a handler is told to stop when Redis was away for longer than its lock lasts', async () => {
    let signal: AbortSignal | undefined;
    await bus.consume('namespace.sync', {
      handle: (delivery) =>
        new Promise((resolve) => {
          ({ signal } = delivery);
          delivery.signal.addEventListener('abort', () => resolve());
        }),
    });
    await publish(bus, 'slow');
    await waitUntil('the message', 10, async () => signal);
    await redis.kill();
    await waitUntil('the signal', 10, async () => (signal?.aborted === true ? true : undefined));
    await redis.restart();
    await publishUntilTaken(bus, ['slow']);
  });

  it('closes during an outage', async () => {
    const told: string[] = [];
    const other = await open(redis, { connection: (state) => void told.push(state) });
    let handled = 0;
    await other.consume('namespace.sync', { handle: async () => void handled++ });
    await publish(other, 'shop');
    await waitUntil('the message', 10, async () => (handled > 0 ? true : undefined));
    await redis.kill();
    await waitUntil('the outage to be seen', 10, async () => told[0]);
    await other.close();
    await redis.restart();
  });

  it('closes soon after connections were cut, though BullMQ waits for an answer that was lost', async function () {
    this.timeout(20_000);
    for (let round = 0; round < 8; round++) {
      const other = await open(redis, {});
      await other.consume('namespace.sync', { handle: async () => {} });
      await sleep(20 + 10 * round);
      await redis.cutConnections();
      await sleep(10 * round);
      await other.close();
    }
  });

  it('consumers that close give their connections back', async () => {
    const client = new Redis(redis.url);
    const connections = async (): Promise<number> =>
      String(await client.client('LIST'))
        .trim()
        .split('\n').length;
    try {
      const before = await connections();
      for (let round = 0; round < 10; round++) {
        const queue = `fetch.cn-hangzhou.${String(round)}`;
        const consumer = await bus.consume('credential.fetch', { queue, handle: async () => {} });
        await waitUntil('a connection', 5, async () => ((await connections()) > before ? true : undefined));
        await consumer.close();
      }
      await waitUntil('the connections to go', 5, async () => ((await connections()) === before ? true : undefined));
    } finally {
      client.disconnect();
    }
  });
});

describe('Redis bus at the start', function () {
  this.timeout(30_000);

  it('refuses a Redis that may drop queued work, and says what to set', async () => {
    const redis = await startRedis({ maxmemoryPolicy: 'allkeys-lru' });
    try {
      const refused = (error: Failure): boolean => {
        assert.equal(error.code, 'redis-policy');
        assert.match(error.message, /allkeys-lru/);
        assert.match(error.hint, /noeviction/);
        return true;
      };
      await assert.rejects(open(redis, {}), refused);
      const client = new Redis(redis.url);
      await client.call('ACL', 'SETUSER', 'default', '-config');
      client.disconnect();
      await assert.rejects(open(redis, {}), refused, 'where CONFIG is forbidden');
    } finally {
      await redis.stop();
    }
  });

  it('says that there is no Redis, and where it looked, without the password', async () => {
    const target = parseRedisUrl('redis://user:hush@127.0.0.1:1/0');
    await assert.rejects(openRedisBus({ target, connectSeconds: 0.3 }), (error: Failure) => {
      assert.equal(error.code, 'redis-unreachable');
      assert.match(error.message, /127\.0\.0\.1:1/);
      assert.match(error.message, /ECONNREFUSED/);
      assert.doesNotMatch(error.message, /hush/);
      return true;
    });
  });
});

/** Twenty names that are published again and again, and handled with some failures. */
async function startStory(bus: Bus): Promise<{ publishSome: () => Promise<void>; finish: () => Promise<void> }> {
  const published = new Map<string, number>();
  const done = new Map<string, number>();
  let count = 0;
  await bus.consume('namespace.sync', {
    concurrency: 5,
    handle: async ({ data: { namespace } }) => {
      const version = published.get(namespace) ?? 0;
      await sleep(5);
      if (count++ % 5 === 0) throw new Error('a failure now and then');
      done.set(namespace, version);
    },
  });
  return {
    publishSome: async () => {
      const names = Array.from({ length: 20 }, (_, index) => `ns-${String(index)}`).filter(() => Math.random() < 0.7);
      for (const name of names) published.set(name, (published.get(name) ?? 0) + 1);
      await publishUntilTaken(bus, names);
    },
    finish: async () => {
      await waitUntil('the last publish of every name', 20, async () => allDone(published, done));
    },
  };
}

function allDone(published: ReadonlyMap<string, number>, done: ReadonlyMap<string, number>): true | undefined {
  return [...published].every(([name, version]) => done.get(name) === version) ? true : undefined;
}

function open(redis: RedisServer, observer: BusObserver): Promise<Bus> {
  return openRedisBus({ target: parseRedisUrl(redis.url), observer });
}

function publish(bus: Bus, ...names: string[]): Promise<void> {
  return bus.publish(
    'namespace.sync',
    names.map((namespace) => ({ data: { namespace, cause: 'sweep' }, urgency: 'drifted' })),
  );
}

/** As every caller does: what was refused is published again. */
async function publishUntilTaken(bus: Bus, names: readonly string[]): Promise<void> {
  await waitUntil('a publish to be taken', 15, () =>
    publish(bus, ...names).then(
      () => true,
      () => undefined,
    ),
  );
}

function isUnreachable(error: Failure): boolean {
  assert.equal(error.code, 'redis-unreachable', error.message);
  return true;
}
