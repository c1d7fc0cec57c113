import { Queue, type Job } from 'bullmq';

import type { Failure } from '../common/domain/failure.ts';
import { toRedisFailure } from '../common/domain/redis-failure.ts';
import { inTime } from './answer-in-time.ts';
import { idleQueuesMax } from './bus-limits.ts';
import { catalog, type MessageName } from './catalog.ts';
import type { RedisClient } from './connection.ts';
import type { KnownQueues } from './known-queues.ts';
import { readData } from './read-messages.ts';

/**
 * What is in the queues of Redis, for people. Nothing that it does changes anything, not even what BullMQ keeps about a queue.
 * Everything rejects with `redis-unreachable` when Redis does not answer for two seconds.
 */
export type QueueViewer = {
  /** Every queue that some process takes from, pools included, and those that still hold messages of before. */
  readonly queues: () => Promise<readonly string[]>;
  /** Messages by the state that they are in. */
  readonly counts: (queue: string) => Promise<Readonly<Record<string, number>>>;
  /** From one place in each state's order, next first, to another one; a hundred of a state at most. */
  readonly messages: (
    queue: string,
    states: readonly ViewedState[],
    from: number,
    to: number,
  ) => Promise<readonly ViewedMessage[]>;
  readonly message: (queue: string, id: string) => Promise<ViewedMessage | undefined>;
  /** `unknown`: it is gone. */
  readonly state: (queue: string, id: string) => Promise<string>;
  readonly isPaused: (queue: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

export type ViewedState = 'active' | 'waiting' | 'prioritized' | 'delayed';

/** One message as it waits. Times are in ms since the epoch. */
export type ViewedMessage = {
  readonly id: string;
  readonly name: string;
  /** What the catalog knows of it: whatever else somebody put into Redis is not shown. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly publishedAt: number;
  readonly startedAt: number | undefined;
  /** How often it was delivered and failed. */
  readonly attempts: number;
  /** Of a back-off that began with the last failure, in ms. */
  readonly delayMs: number;
  /** 1 is the most urgent. */
  readonly priority: number;
  readonly key: string | undefined;
  /** Code of the last failure. */
  readonly failure: string | undefined;
};

/** Over a connection that others use too, and that `close` leaves open. */
export function createQueueViewer(client: RedisClient, prefix: string, known: Pick<KnownQueues, 'names'>): QueueViewer {
  const queues = new Map<string, Queue>();

  const open = (name: string): Queue => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const [first] = queues;
    if (queues.size >= idleQueuesMax && first !== undefined) forget(...first);
    // Without `skipMetasUpdate` a look would make queues, and undo what the publisher set.
    const queue = new Queue(name, { connection: client, prefix, skipMetasUpdate: true });
    queue.on('error', ignore);
    queues.set(name, queue);
    return queue;
  };

  const forget = (name: string, queue: Queue): void => {
    queues.delete(name);
    queue.close().catch(ignore);
  };

  const look = async <T>(name: string, read: (queue: Queue) => Promise<T>): Promise<T> => {
    const queue = open(name);
    try {
      await inTime(queue.waitUntilReady());
      return await inTime(read(queue));
    } catch (error) {
      // BullMQ keeps a first connection that failed as a failure for ever.
      forget(name, queue);
      throw asUnreachable(error);
    }
  };

  return {
    queues: async () => {
      try {
        return await known.names();
      } catch (error) {
        throw asUnreachable(error);
      }
    },
    counts: (name) => look(name, (queue) => queue.getJobCounts()),
    messages: (name, states, from, to) =>
      look(name, async (queue) => {
        const jobs: readonly Job[] = await queue.getJobs([...states], from, Math.min(to, from + messagesMax - 1), true);
        return jobs.map(viewed);
      }),
    message: (name, id) =>
      look(name, async (queue) => {
        const job: Job | undefined = await queue.getJob(id);
        return job === undefined ? undefined : viewed(job);
      }),
    state: (name, id) => look(name, (queue) => queue.getJobState(id)),
    isPaused: (name) => look(name, (queue) => queue.isPaused()),
    close: async () => {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      queues.clear();
    },
  };
}

const messagesMax = 100;

function viewed(job: Job): ViewedMessage {
  return {
    id: job.id ?? '',
    name: job.name,
    data: knownData(job.name, job.data),
    publishedAt: job.timestamp,
    startedAt: job.processedOn,
    attempts: job.attemptsMade,
    delayMs: job.delay,
    priority: job.priority,
    key: job.deduplicationId,
    failure: job.failedReason?.slice(0, failureLengthMax),
  };
}

/** The bus writes a code of a few letters; BullMQ's own sentences are longer. */
const failureLengthMax = 200;

function knownData(name: string, raw: unknown): ViewedMessage['data'] {
  if (!isMessageName(name)) return { problem: 'no message of this name is in the catalog' };
  const reading = readData(name, raw);
  return reading.fits ? reading.data : { problem: `does not fit the catalog: ${reading.problem}` };
}

function isMessageName(name: string): name is MessageName {
  return Object.hasOwn(catalog, name);
}

/** Without the cause: errors of ioredis hold the command, and that the data. */
function asUnreachable(error: unknown): Failure {
  return toRedisFailure('the queues cannot be looked at', error);
}

function ignore(): void {}
