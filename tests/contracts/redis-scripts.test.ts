import assert from 'node:assert/strict';

import { Queue, Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';

import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import type { Urgency } from '../../common/domain/urgency.ts';
import type { Bus } from '../../queues/bus.ts';
import { openRedisBus } from '../../queues/redis-bus.ts';
import { queueScripts, type QueueScripts } from '../../queues/redis-scripts.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';

/** Interleavings that happen once in a million, step by step: a worker's steps are taken by hand. */
describe('Redis bus between the steps of BullMQ', () => {
  let redis: RedisServer;
  let client: Redis;
  let bus: Bus;
  let worker: Worker;
  let scripts: QueueScripts;
  let prefix: string;
  let count = 0;

  before(async function () {
    this.timeout(60_000);
    redis = await startRedis();
    client = new Redis(redis.url, { maxRetriesPerRequest: null });
  });
  after(async () => {
    client.disconnect();
    await redis.stop();
  });
  beforeEach(async () => {
    prefix = `{steps-${String(count++)}}`;
    bus = await openRedisBus({ target: parseRedisUrl(redis.url), prefix });
    worker = new Worker('namespaces', null, { connection: client, prefix, lockDuration: 30_000 });
    scripts = queueScripts(client, prefix, 'namespaces');
  });
  afterEach(async () => {
    await worker.close();
    await bus.close();
  });

  const publish = (urgency: Urgency, cause: 'sweep' | 'account' | 'secret' = 'sweep') =>
    bus.publish('namespace.sync', [{ data: { namespace: 'shop', cause }, urgency }]);
  const take = async (): Promise<Job> => {
    const job: Job | undefined = await worker.getNextJob('token', { block: false });
    assert.ok(job !== undefined, 'a job should wait');
    return job;
  };
  const delay = (job: Job): Promise<void> => job.moveToDelayed(Date.now() + 3_000_000, 'token');

  it('a publish that came before a failing job was delayed wakes it with the newest data and the highest urgency', async () => {
    await publish('periodic');
    const job = await take();
    await publish('unserved', 'account');
    await publish('drifted', 'secret');
    await delay(job);
    await scripts.wakeIfPublishedAgain('shop');
    const again = await take();
    assert.deepEqual([again.data, again.priority], [{ namespace: 'shop', cause: 'secret' }, 2]);
    await again.moveToCompleted(undefined, 'token', false);
    assert.equal(
      await worker.getNextJob('token', { block: false }),
      undefined,
      'it was handled with the newest data: no need for more',
    );
  });

  it('a job that was delayed, and not published again, stays delayed', async () => {
    await publish('periodic');
    await delay(await take());
    await scripts.wakeIfPublishedAgain('shop');
    assert.equal(await worker.getNextJob('token', { block: false }), undefined);
  });

  it('a process that ends between the delay and the waking leaves a job that the next publish wakes', async () => {
    await publish('periodic');
    const job = await take();
    await publish('expiring', 'account');
    await delay(job);
    await publish('periodic', 'secret');
    const again = await take();
    assert.deepEqual([again.data, again.priority], [{ namespace: 'shop', cause: 'secret' }, 3]);
    assert.equal(await scripts.isPublishedAgain('shop'), false);
  });

  it('a job that is added is the one that BullMQ would add', async () => {
    const queue = new Queue('namespaces', { connection: client, prefix: `${prefix}-theirs` });
    const jobId = 'id-1';
    await queue.add(
      'namespace.sync',
      { namespace: 'shop', cause: 'sweep' },
      {
        jobId,
        priority: 5,
        deduplication: { id: 'shop', keepLastIfActive: true },
        attempts: 1_000_000_000,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: true,
        stackTraceLimit: 0,
      },
    );
    await queue.close();
    await publish('periodic');
    const [ours] = await client.zrange(`${prefix}:namespaces:prioritized`, '0', '0');
    const read = async (base: string, id: string) => {
      const { opts, timestamp, ...fields } = await client.hgetall(`${base}:${id}`);
      const { jobId: kept, timestamp: at, ...options } = JSON.parse(opts ?? '{}') as Record<string, unknown>;
      assert.ok(kept === id && (at === undefined || typeof at === 'number') && Number(timestamp) > 0);
      return { fields, options, score: await client.zscore(`${base}:prioritized`, id) };
    };
    assert.deepEqual(await read(`${prefix}:namespaces`, ours!), await read(`${prefix}-theirs:namespaces`, jobId));
  });

  it('what is published while its key is handled is what BullMQ would keep for afterwards', async () => {
    await publish('periodic');
    const job = await take();
    await publish('drifted', 'secret');
    const { opts, jid, ...kept } = await client.hgetall(`${prefix}:namespaces:dn:shop`);
    assert.deepEqual(kept, { name: 'namespace.sync', data: '{"namespace":"shop","cause":"secret"}' });
    assert.equal((JSON.parse(opts!) as { jobId: string }).jobId, jid);
    await job.moveToCompleted(undefined, 'token', false);
    const next = await take();
    assert.deepEqual([next.id, next.priority, next.deduplicationId, next.attemptsMade], [jid, 4, 'shop', 0]);
  });

  it('a job that Redis lost from its lists does not block its key', async () => {
    await publish('periodic');
    await client.del(`${prefix}:namespaces:prioritized`);
    await publish('periodic', 'account');
    assert.deepEqual((await take()).data, { namespace: 'shop', cause: 'account' });
  });

  it('a key whose job is gone does not stay blocked', async () => {
    await publish('periodic');
    const [id] = await client.zrange(`${prefix}:namespaces:prioritized`, '0', '0');
    await client.del(`${prefix}:namespaces:prioritized`, `${prefix}:namespaces:${id!}`);
    await publish('periodic', 'account');
    assert.deepEqual((await take()).data, { namespace: 'shop', cause: 'account' });
  });

  it('a publish for a job that stalled keeps its place and brings the newest data', async () => {
    await publish('periodic');
    const job = await take();
    await client.lrem(`${prefix}:namespaces:active`, 1, job.id!);
    await client.rpush(`${prefix}:namespaces:wait`, job.id!);
    await publish('unserved', 'account');
    assert.deepEqual((await take()).data, { namespace: 'shop', cause: 'account' });
  });

  it('leaves nothing behind for a key that was handled', async () => {
    await publish('periodic');
    const job = await take();
    await publish('unserved');
    await job.moveToCompleted(undefined, 'token', false);
    await (await take()).moveToCompleted(undefined, 'token', false);
    const left = (await client.keys(`${prefix}:namespaces:*`)).map((key) => key.slice(`${prefix}:namespaces:`.length));
    assert.deepEqual(
      left.toSorted(),
      ['events', 'id', 'marker', 'meta', 'pc'].filter((key) => left.includes(key)),
    );
  });
});
