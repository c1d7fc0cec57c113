import { Queue, type JobsOptions } from 'bullmq';

import { Failure, toFailure } from '../common/domain/failure.ts';
import { answerWithinSeconds, inTime } from './answer-in-time.ts';
import type { BusObserver } from './bus.ts';
import { idleQueuesMax } from './bus-limits.ts';
import { withTrace } from './carry-trace.ts';
import type { MessageName } from './catalog.ts';
import { untilReady, type RedisClient } from './connection.ts';
import { isConnectionProblem } from './connection-problems.ts';
import type { MessagesByQueue, ReadMessage } from './read-messages.ts';
import { queueScripts, type QueueScripts } from './redis-scripts.ts';

export type RedisPublisher = {
  /** Publishes to each queue, by its name, the messages by their keys. */
  readonly publish: <N extends MessageName>(name: N, messages: MessagesByQueue<N>) => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Publishes through BullMQ. Most messages of a busy time are for keys that wait already: they are merged by one script for two
 * hundred of them, and only the others are added as jobs.
 */
export function createRedisPublisher(client: RedisClient, prefix: string, observer: BusObserver): RedisPublisher {
  const lanes = new Map<string, Lane>();
  const newJobId = jobIds();

  const laneOf = async (queueName: string): Promise<Lane> => {
    const known = lanes.get(queueName);
    if (known !== undefined) return known;
    if (lanes.size >= idleQueuesMax) await forgetFirst(lanes);
    const lane = openLane(client, prefix, queueName, observer);
    lanes.set(queueName, lane);
    return lane;
  };

  const publishTo = async <N extends MessageName>(
    queueName: string,
    name: N,
    messages: ReadMessage<N>[],
  ): Promise<void> => {
    const lane = await laneOf(queueName);
    try {
      await untilReady(client, answerWithinSeconds);
      await inTime(lane.queue.waitUntilReady());
      for (let from = 0; from < messages.length; from += batchSize) {
        await publishBatch(lane, name, messages.slice(from, from + batchSize), newJobId);
      }
    } catch (error) {
      // BullMQ keeps a first connection that failed as a failure for ever.
      lanes.delete(queueName);
      lane.queue.close().catch(ignore);
      throw asUnreachable(error, name);
    }
  };

  return {
    publish: async (name, messages) => {
      for (const [queueName, byKey] of messages) await publishTo(queueName, name, [...byKey.values()]);
    },
    close: async () => {
      await Promise.allSettled([...lanes.values()].map((lane) => lane.queue.close()));
      lanes.clear();
    },
  };
}

type Lane = { readonly queue: Queue; readonly scripts: QueueScripts };

/** More at once keep Redis from everybody else for long: 5,000 for a quarter of a second. */
const batchSize = 200;

function openLane(client: RedisClient, prefix: string, queueName: string, observer: BusObserver): Lane {
  const queue = new Queue(queueName, { connection: client, prefix, streams: { events: { maxLen: eventsKept } } });
  queue.on('error', (error) => {
    if (!isConnectionProblem(error)) observer.troubled?.(queueName, error.message);
  });
  return { queue, scripts: queueScripts(client, prefix, queueName) };
}

/** BullMQ writes a stream of events that nobody here reads. */
const eventsKept = 100;

async function publishBatch<N extends MessageName>(
  { queue, scripts }: Lane,
  name: N,
  messages: readonly ReadMessage<N>[],
  newJobId: () => string,
): Promise<void> {
  const absorb = async (batch: readonly ReadMessage<N>[]): Promise<boolean[]> =>
    inTime(
      scripts.absorb(
        batch.map(({ key, data, rank, trace }) => ({
          key,
          priority: rank + 1,
          json: JSON.stringify(withTrace(data, trace)),
        })),
      ),
    );

  const done = await absorb(messages);
  const left = messages.filter((_, index) => done[index] !== true).map((message) => ({ message, jobId: newJobId() }));
  if (left.length === 0) return;
  const jobs = left.map(({ message: { key, data, rank, trace }, jobId }) => ({
    name,
    data: withTrace(data, trace),
    opts: jobOptions(key, rank, jobId),
  }));
  const added = await inTime(queue.addBulk(jobs));

  // A job with another id stands for the key: it came after the first look (or is active, and BullMQ keeps ours for afterwards).
  // What became of it in the meantime does not matter, because the second look sees the state at its own time:
  //   publisher:  absorb: none ·················· add: dropped as a duplicate ················ absorb: wakes it
  //   others:     ·············· add · job runs ································ job fails, is delayed ·········
  const merged = left.filter(({ jobId }, index) => added[index]?.id !== jobId).map(({ message }) => message);
  if (merged.length > 0) await absorb(merged);
}

function jobOptions(key: string, rank: number, jobId: string): JobsOptions {
  return {
    jobId,
    priority: rank + 1,
    deduplication: { id: key, keepLastIfActive: true },
    // How often and when is decided by the consumer; BullMQ only must never stop by itself.
    attempts: 1_000_000_000,
    backoff: { type: 'custom' },
    removeOnComplete: true,
    removeOnFail: true,
    stackTraceLimit: 0,
  };
}

/** Ids that no other process makes, so that the id in the answer tells whether the job is ours. */
function jobIds(): () => string {
  const process = crypto.randomUUID().slice(0, 13);
  let count = 0;
  return () => `${process}-${(count++).toString(36)}`;
}

/** Without the cause: errors of ioredis hold the command, and that the data. */
function asUnreachable(error: unknown, name: MessageName): Failure {
  const failure = toFailure(error);
  return new Failure('redis-unreachable', `a message ${name} was not published: ${failure.message}`);
}

async function forgetFirst(lanes: Map<string, Lane>): Promise<void> {
  const [first] = lanes;
  if (first === undefined) return;
  lanes.delete(first[0]);
  await first[1].queue.close();
}

function ignore(): void {}
