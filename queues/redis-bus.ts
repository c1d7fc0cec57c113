import { Failure } from '../common/domain/failure.ts';
import { toRedisFailure } from '../common/domain/redis-failure.ts';
import { silentTracer, type Tracer } from '../common/domain/tracing/tracer.ts';
import type { Clock, Random } from '../common/ports/clock.ts';
import { inTime } from './answer-in-time.ts';
import type { Bus, BusObserver, ConsumeOptions, Consumer, QueueDepth } from './bus.ts';
import { idleQueuesMax } from './bus-limits.ts';
import { definitionOf, type MessageName } from './catalog.ts';
import { openRedisConnections, type ConnectionSettings, type RedisClient } from './connection.ts';
import { createKnownQueues } from './known-queues.ts';
import { queueOfConsumer } from './queue-of-consumer.ts';
import { createQueueViewer, type QueueViewer } from './queue-viewer.ts';
import { startRedisConsumer } from './redis-consume.ts';
import { checkRedisDatabase } from './redis-database.ts';
import { checkRedisPolicy } from './redis-policy.ts';
import { createRedisPublisher } from './redis-publish.ts';
import { queueScripts } from './redis-scripts.ts';
import { send, type MessagingSystem } from './trace-messages.ts';

export type RedisBusOptions = ConnectionSettings & {
  /** In front of every key of the queues. In braces, so that a Redis Cluster keeps all of them on one node. */
  readonly prefix?: string | undefined;
  readonly observer?: BusObserver;
  readonly tracer?: Tracer;
  readonly clock?: Clock;
  readonly random?: Random;
};

/** Besides a bus, a look at what is in its queues. */
export type RedisBus = Bus & { readonly viewer: QueueViewer };

/**
 * The bus of several processes: queues in Redis by BullMQ.
 * Throws `redis-unreachable` when there is no Redis in time, `redis-policy` when it may drop queued work, and `setting-invalid` when it
 * has not the database that is asked for.
 */
export async function openRedisBus(options: RedisBusOptions): Promise<RedisBus> {
  const { prefix = '{acr}', observer = {}, tracer = silentTracer, clock = Date.now, random = Math.random } = options;
  const connections = await openRedisConnections(options, observer.connection?.bind(observer));
  try {
    await checkRedisDatabase(connections.publisher, options.target);
    await checkRedisPolicy(connections.publisher);
  } catch (error) {
    connections.close();
    throw error;
  }
  const publisher = createRedisPublisher(connections.publisher, prefix, clock);
  const known = createKnownQueues(connections.publisher, prefix);
  const viewer = createQueueViewer(connections.publisher, prefix, known);
  const consumers = new Map<Consumer, string>();
  const queues = new Set<string>();
  let closed = false;

  /** Nobody needs to look at a pool in which nothing waits any more. */
  const forgetIfEmpty = async (queue: string): Promise<void> => {
    const { waiting, active, delayed } = await depthOf(connections.publisher, prefix, queue, clock);
    if (waiting + active + delayed > 0) return;
    queues.delete(queue);
    await known.remove(queue);
  };

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
        close: async () => {
          consumers.delete(closing);
          await consumer.close();
          if (given.queue !== undefined && !closed) await forgetIfEmpty(queue).catch(ignore);
        },
      };
      consumers.set(closing, queue);
      // Where Redis is away just now, or was emptied, the next count of the queues makes up for it.
      await known.add([queue]).catch(ignore);
      return closing;
    },

    depths: async () => {
      try {
        const everywhere = await known.names();
        await known.add([...consumers.values()].filter((queue) => !everywhere.includes(queue)));
        const all = [...new Set([...queues, ...everywhere])];
        return await Promise.all(all.map((queue) => depthOf(connections.publisher, prefix, queue, clock)));
      } catch (error) {
        throw toRedisFailure('the queues cannot be counted', error);
      }
    },

    close: async () => {
      closed = true;
      await Promise.all([...consumers.keys()].map((consumer) => consumer.close()));
      await viewer.close();
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

function ignore(): void {}
