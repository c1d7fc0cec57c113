import assert from 'node:assert/strict';

import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import { silentTracer } from '../../common/domain/tracing/tracer.ts';
import { openRedisBus } from '../../queues/redis-bus.ts';
import { recordSpans } from '../fixtures/recorded-spans.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { defineBusContract } from './bus.contract.ts';
import { createProbe } from './bus-probe.ts';

describe('Redis bus', () => {
  let redis: RedisServer;
  let count = 0;

  before(async function () {
    this.timeout(60_000);
    redis = await startRedis({ password: 'p@ss:word/' });
  });
  after(() => redis.stop());

  const newPrefix = (): string => `{contract-${String(count++)}}`;

  defineBusContract('Redis bus', (observer, tracer = silentTracer) =>
    openRedisBus({ target: parseRedisUrl(redis.url), observer, tracer, prefix: newPrefix() }),
  );

  it('adds nothing to a job when nothing is traced, and reads a job that the version before left', async () => {
    const prefix = newPrefix();
    const client = new Redis(redis.url);
    const queue = new Queue('namespaces', { connection: client, prefix });
    const bus = await openRedisBus({ target: parseRedisUrl(redis.url), prefix });
    try {
      const data = { namespace: 'shop', cause: 'sweep' } as const;
      await bus.publish('namespace.sync', [{ data, urgency: 'periodic' }]);
      assert.deepEqual(
        (await queue.getJobs()).map((job) => job.data),
        [data],
      );
      const traced = await openRedisBus({ target: parseRedisUrl(redis.url), prefix, tracer: recordSpans().tracer });
      try {
        const probe = createProbe<'namespace.sync'>();
        await traced.consume('namespace.sync', { handle: probe.handle });
        const delivery = await probe.next();
        assert.deepEqual(delivery.data, data);
        delivery.end();
      } finally {
        await traced.close();
      }
    } finally {
      await bus.close();
      await queue.close();
      client.disconnect();
    }
  });

  it('drops a message in the queue that does not fit the catalog, reports it without its values, and frees its key', async () => {
    const prefix = newPrefix();
    const rejected: string[] = [];
    const observer = { rejected: (name: string, problem: string) => void rejected.push(`${name}: ${problem}`) };
    const bus = await openRedisBus({ target: parseRedisUrl(redis.url), observer, prefix });
    const client = new Redis(redis.url);
    const queue = new Queue('namespaces', { connection: client, prefix });
    try {
      const opts = { priority: 1, deduplication: { id: 'shop', keepLastIfActive: true } };
      await queue.add('namespace.sync', { namespace: 'shop', cause: 'of-another-version' }, opts);
      const probe = createProbe<'namespace.sync'>();
      await bus.consume('namespace.sync', { handle: probe.handle });
      await probe.assertQuiet();
      assert.equal(rejected.length, 1);
      assert.match(rejected[0]!, /^namespace\.sync: cause: /);
      assert.doesNotMatch(rejected[0]!, /of-another-version/);
      await bus.publish('namespace.sync', [{ data: { namespace: 'shop', cause: 'sweep' }, urgency: 'unserved' }]);
      (await probe.next()).end();
    } finally {
      await bus.close();
      await queue.close();
      client.disconnect();
    }
  });
});
