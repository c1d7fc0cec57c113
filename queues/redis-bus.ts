import { Failure, toFailure } from '../common/domain/failure.ts';
import { silentTracer, type Tracer } from '../common/domain/tracing/tracer.ts';
import type { Clock, Random } from '../common/ports/clock.ts';
import { inTime } from './answer-in-time.ts';
import type { Bus, BusObserver, ConsumeOptions, Consumer, QueueDepth } from './bus.ts';
import { idleQueuesMax } from './bus-limits.ts';
import { definitionOf, type MessageName } from './catalog.ts';
import { openRedisConnections, type ConnectionSettings, type RedisClient } from './connection.ts';
import { queueOfConsumer } from './queue-of-consumer.ts';
import { createQueueViewer, type QueueViewer } from './queue-viewer.ts';
import { startRedisConsumer } from './redis-consume.ts';
import { checkRedisPolicy } from './redis-policy.ts';
import { createRedisPublisher } from './redis-publish.ts';
import { queueScripts } from './redis-scripts.ts';
import { send, type MessagingSystem } from './trace-messages.ts';

export type RedisBusOptions = ConnectionSettings & {
  /** In front of every key of the queues. In braces, so that a Redis Cluster keeps all of them on one node. */
  readonly prefix?: string;
  readonly observer?: BusObserver;
  readonly tracer?: Tracer;
  readonly clock?: Clock;
  readonly random?: Random;
};

/** Besides a bus, a look at what is in its queues. */
export type RedisBus = Bus & { readonly viewer: QueueViewer };

/**
 * The bus of several processes: queues in Redis by BullMQ.
 * Throws `redis-unreachable` when there is no Redis in time, and `redis-policy` when it may drop queued work.
 */
export async function openRedisBus(options: RedisBusOptions): Promise<RedisBus> {
  const { prefix = '{acr}', observer = {}, tracer = silentTracer, clock = Date.now, random = Math.random } = options;
  const connections = await openRedisConnections(options, observer.connection?.bind(observer));
  try {
    await checkRedisPolicy(connections.publisher);
  } catch (error) {
    connections.close();
    throw error;
  }
  const publisher = createRedisPublisher(connections.publisher, prefix, observer);
  const viewer = createQueueViewer(connections.publisher, prefix);
  const consumers = new Set<Consumer>();
  const queues = new Set<string>();
  let closed = false;

  return {
    viewer,

    publish: async (name, messages) => {
      if (closed) throw new Failure('redis-unreachable', `a message ${name} was published after the bus was closed`);
      await send(tracer, system, name, messages, async (byQueue) => {
        for (const queue of byQueue.keys()) remember(queues, queue);
        await publisher.publish(name, byQueue);
      });
    },

    consume: async <N extends MessageName>(name: N, { handle, ...given }: ConsumeOptions<N>) => {
      const queue = queueOfConsumer(name, given.queue);
      const concurrency = given.concurrency ?? definitionOf(name).concurrency;
      remember(queues, queue);
      const client = connections.worker;
      const consumer = startRedisConsumer({
        name,
        queue,
        handle,
        observer,
        tracer,
        system,
        clock,
        random,
        client,
        prefix,
        concurrency,
      });
      const closing: Consumer = {
        close: () => {
          consumers.delete(closing);
          return consumer.close();
        },
      };
      consumers.add(closing);
      return closing;
    },

    depths: async () => {
      try {
        return await Promise.all([...queues].map((queue) => depthOf(connections.publisher, prefix, queue, clock)));
      } catch (error) {
        throw new Failure('redis-unreachable', `the queues cannot be counted: ${toFailure(error).message}`);
      }
    },

    close: async () => {
      closed = true;
      await Promise.all([...consumers].map((consumer) => consumer.close()));
      await Promise.all([publisher.close(), viewer.close()]);
      connections.close();
    },
  };
}

const system: MessagingSystem = 'bullmq';

/** The queues used last; pools come and go with the configuration. */
function remember(queues: Set<string>, queue: string): void {
  queues.delete(queue);
  queues.add(queue);
  const [first] = queues;
  if (queues.size > idleQueuesMax && first !== undefined) queues.delete(first);
}

async function depthOf(client: RedisClient, prefix: string, queue: string, clock: Clock): Promise<QueueDepth> {
  const { oldestMs, ...counts } = await inTime(queueScripts(client, prefix, queue).depth());
  return { queue, ...counts, oldestAgeSeconds: oldestMs === 0 ? 0 : Math.max(0, clock() - oldestMs) / 1000 };
}
