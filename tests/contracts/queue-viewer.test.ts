import assert from 'node:assert/strict';

import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import type { Failure } from '../../common/domain/failure.ts';
import { fixedQueues } from '../../queues/queue-of-consumer.ts';
import type { QueueViewer } from '../../queues/queue-viewer.ts';
import { openRedisBus, type RedisBus } from '../../queues/redis-bus.ts';
import { readRedis } from '../fixtures/redis-content.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';

describe('a look at the queues in Redis', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let client: Redis;
  let bus: RedisBus;
  let viewer: QueueViewer;

  before(async () => {
    redis = await startRedis();
    client = new Redis(redis.url);
    client.on('error', () => {});
  });
  after(async () => {
    client?.disconnect();
    await redis?.stop();
  });
  beforeEach(async () => {
    await redis.flush();
    bus = await openRedisBus({ target: parseRedisUrl(redis.url), prefix });
    viewer = bus.viewer;
  });
  afterEach(() => bus.close());

  const publish = (from: number, to: number): Promise<void> =>
    bus.publish(
      'namespace.sync',
      Array.from({ length: to - from }, (_, index) => ({
        data: { namespace: `team-${String(from + index)}`, cause: 'sweep' },
        urgency: 'periodic',
      })),
    );

  it('tells the key, what the message holds and when it was published', async () => {
    const before = Date.now();
    await publish(0, 1);
    assert.equal((await viewer.counts('namespaces'))['prioritized'], 1);
    const [message] = await viewer.messages('namespaces', ['prioritized'], 0, 9);
    assert.deepEqual([message?.key, message?.data], ['team-0', { namespace: 'team-0', cause: 'sweep' }]);
    assert.ok((message?.publishedAt ?? 0) >= before);
    assert.equal(await viewer.state('namespaces', message?.id ?? ''), 'prioritized');
    assert.deepEqual(await viewer.message('namespaces', message?.id ?? ''), message);
  });

  it('begins with the message that is next', async () => {
    await publish(0, 20);
    await bus.publish('namespace.sync', [{ data: { namespace: 'urgent', cause: 'namespace' }, urgency: 'new' }]);
    const messages = await viewer.messages('namespaces', ['prioritized'], 0, 1);
    assert.deepEqual(
      messages.map(({ key }) => key),
      ['urgent', 'team-0'],
    );
  });

  it('changes nothing in Redis, whether or not there is such a queue', async () => {
    await publish(0, 20);
    const before = await readRedis(redis.url);
    for (const queue of [...fixedQueues(), 'fetch.nowhere']) {
      await viewer.counts(queue);
      await viewer.messages(queue, ['active', 'waiting', 'prioritized', 'delayed'], 0, 9);
      await viewer.message(queue, 'none');
      await viewer.isPaused(queue);
    }
    assert.equal(await readRedis(redis.url), before);
  });

  it('shows of a message that somebody else put there no more than the catalog knows', async () => {
    const foreign = new Queue('namespaces', { connection: client, prefix });
    await foreign.add('namespace.sync', { namespace: 'shop', cause: 'sweep', password: 'hidden-1' }, { priority: 1 });
    await foreign.add('namespace.sync', { namespace: 7, password: 'hidden-2' }, { priority: 2 });
    await foreign.add('another', { password: 'hidden-3' }, { priority: 3 });
    const messages = await viewer.messages('namespaces', ['prioritized'], 0, 9);
    assert.equal(messages.length, 3);
    assert.doesNotMatch(JSON.stringify(messages), /hidden/);
    await foreign.close();
  });

  it('tells of each queue that some process takes from, and of none that it only looked at', async () => {
    const other = await openRedisBus({ target: parseRedisUrl(redis.url), prefix });
    await other.consume('credential.fetch', { queue: 'fetch.cn-hangzhou.1', handle: async () => {} });
    await viewer.counts('fetch.nowhere');
    assert.deepEqual(await viewer.queues(), ['fetch.cn-hangzhou.1']);
    assert.deepEqual(
      (await bus.depths()).map(({ queue }) => queue),
      ['fetch.cn-hangzhou.1'],
    );
    await redis.flush();
    await other.depths();
    assert.deepEqual(await viewer.queues(), ['fetch.cn-hangzhou.1'], 'it is told again after Redis was emptied');
    await other.close();
  });

  it('gives a hundred messages at most, however many are asked for', async () => {
    await publish(0, 300);
    assert.equal((await viewer.messages('namespaces', ['prioritized'], 0, 100_000)).length, 100);
  });

  it('costs Redis the same commands where 10,000 messages wait as where twenty do', async () => {
    const lookAtPage = async (): Promise<unknown> => {
      await client.config('RESETSTAT');
      await viewer.counts('namespaces');
      await viewer.messages('namespaces', ['active', 'waiting', 'prioritized', 'delayed'], 0, 9);
      return callsIn(await client.info('commandstats'));
    };
    await publish(0, 20);
    // The first time Redis is sent the scripts themselves.
    await lookAtPage();
    const ofFew = await lookAtPage();
    await publish(20, 10_000);
    assert.deepEqual(await lookAtPage(), ofFew);
  });

  it('says that Redis cannot be reached, without what it was asked, and works again afterwards', async () => {
    await publish(0, 1);
    await redis.kill();
    await assert.rejects(viewer.message('namespaces', 'canary-id'), (error: Failure) => {
      assert.equal(error.code, 'redis-unreachable');
      assert.doesNotMatch(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`, /canary-id/);
      return true;
    });
    await redis.restart();
    const deadline = Date.now() + 20_000;
    let counts: Readonly<Record<string, number>> | undefined;
    while (counts === undefined && Date.now() < deadline)
      counts = await viewer.counts('namespaces').catch(() => undefined);
    assert.equal(counts?.['prioritized'], 1);
  });
});

const prefix = '{viewer}';

/** How often each command was called, by INFO commandstats; INFO and CONFIG are the test's own. */
function callsIn(commandStats: string): Readonly<Record<string, number>> {
  const found = commandStats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
  const calls = [...found].map(([, command, count]) => [command ?? '', Number(count)] as const);
  return Object.fromEntries(calls.filter(([command]) => !/^(info|config)/.test(command)));
}
