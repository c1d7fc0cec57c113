import assert from 'node:assert/strict';
import { Failure } from '../common/domain/failure.ts';
import { Metrics } from '../common/runtime/metrics.ts';
import type { QueueDepth } from '../queues/bus.ts';
import { exposeQueues } from './expose-queues.ts';

describe('the metrics of queues', () => {
  const row: QueueDepth = { queue: 'namespaces', waiting: 3, active: 1, delayed: 2, oldestAgeSeconds: 5 };
  let depths: () => Promise<readonly QueueDepth[]>;
  let metrics: Metrics;

  beforeEach(() => {
    depths = () => Promise.resolve([row]);
    metrics = new Metrics();
    exposeQueues({ depths: () => depths() }, metrics);
  });

  const series = async (): Promise<readonly string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith('acr_helper_queue_'));

  it('tell what waits, and the age of the oldest', async () => {
    assert.deepEqual(await series(), [
      'acr_helper_queue_depth{queue="namespaces",state="waiting"} 3',
      'acr_helper_queue_depth{queue="namespaces",state="active"} 1',
      'acr_helper_queue_depth{queue="namespaces",state="delayed"} 2',
      'acr_helper_queue_oldest_item_age_seconds{queue="namespaces"} 5',
    ]);
  });

  it('tell nothing of before while the queues cannot be counted', async () => {
    await series();
    depths = () => Promise.reject(new Failure('redis-unreachable', 'away'));
    assert.deepEqual(await series(), []);
  });

  it('go away with their queue', async () => {
    await series();
    depths = () => Promise.resolve([]);
    assert.deepEqual(await series(), []);
  });
});
