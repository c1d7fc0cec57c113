import { DelayedError, Worker, type Job } from 'bullmq';

import { describeRedisError } from '../common/domain/redis-failure.ts';
import { turnsUntilTheLessUrgent, urgencies } from '../common/domain/urgency.ts';
import type { Consumer } from './bus.ts';
import { closeWorker } from './close-worker.ts';
import { traceIn } from './carry-trace.ts';
import { definitionOf, type MessageName } from './catalog.ts';
import type { RedisClient } from './connection.ts';
import { isConnectionProblem } from './connection-problems.ts';
import { deliver, type Deliver } from './deliver.ts';
import { readData } from './read-messages.ts';
import { queueScripts } from './redis-scripts.ts';
import { whenLocksExpire } from './when-locks-expire.ts';

type RedisConsumerOptions<N extends MessageName> = Omit<Deliver<N>, 'isPublishedAgain'> & {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly concurrency: number;
};

/** Handles the jobs of one queue with a worker of BullMQ, which starts as soon as there is a connection and outlives any outage. */
export function startRedisConsumer<N extends MessageName>(options: RedisConsumerOptions<N>): Consumer {
  const { client, name, observer } = options;
  const scripts = queueScripts(client, options.prefix, options.queue);
  const work: Deliver<N> = { ...options, isPublishedAgain: scripts.isPublishedAgain };
  let running = 0;
  let closing = false;
  let turns = 0;

  // Three parameters: BullMQ counts them to know that the signal is wanted.
  const handle: JobHandler = async (job, token, signal) => {
    running++;
    try {
      await handleJob(job, token, signal ?? new AbortController().signal);
    } finally {
      running--;
    }
  };

  const goBack = async (job: Job, token: string | undefined, afterMs: number): Promise<never> => {
    await job.moveToDelayed(Date.now() + Math.round(afterMs), token);
    if (job.deduplicationId !== undefined) await scripts.wakeIfPublishedAgain(job.deduplicationId);
    throw new DelayedError();
  };

  const handleJob = async (job: Job, token: string | undefined, signal: AbortSignal): Promise<void> => {
    // Fetched while the consumer was told to close.
    if (closing) return goBack(job, token, 0);
    const reading =
      job.name === name
        ? readData(name, job.data)
        : { fits: false as const, problem: 'another message is in this queue' };
    if (!reading.fits) {
      observer.rejected?.(name, reading.problem);
      return;
    }
    const key = definitionOf(name).key(reading.data);
    const urgency = urgencies[job.priority - 1] ?? 'periodic';
    // BullMQ itself would let the less urgent wait for ever.
    if (++turns % turnsUntilTheLessUrgent === 0) scripts.lift().catch(ignore);
    const delivery = { data: reading.data, urgency, attempt: attemptOf(job), signal };
    const ageSeconds = Math.max(0, options.clock() - job.timestamp) / 1000;
    const verdict = await deliver(work, key, delivery, { trace: traceIn(job.data), ageSeconds, id: job.id });
    if (verdict.kind === 'end') return;
    if (verdict.kind === 'failed') throw new RetryLater(verdict.code, verdict.afterSeconds * 1000);
    if (verdict.kind === 'again') await forgetFailures(job);
    return goBack(job, token, verdict.kind === 'again' ? verdict.afterSeconds * 1000 : 0);
  };

  let worker: Worker | undefined;
  const start = (): void => {
    worker = startWorker(options, handle, {
      isClosing: () => closing,
      failed: (key) => scripts.wakeIfPublishedAgain(key),
    });
  };
  // Made during an outage, a worker could not be closed before its end.
  if (client.status === 'ready') start();
  else client.once('ready', start);

  const endWatch = whenLocksExpire(client, patience.lockDuration - patience.lockRenewTime, () => {
    worker?.cancelAllJobs('Redis is away for longer than a lock lasts');
  });

  return {
    close: async () => {
      closing = true;
      endWatch();
      client.off('ready', start);
      if (worker === undefined) return;
      worker.cancelAllJobs('the consumer closes');
      await closeWorker(
        worker,
        () => running > 0,
        () => client.status === 'ready',
      );
    },
  };
}

type JobHandler = (job: Job, token: string | undefined, signal: AbortSignal | undefined) => Promise<void>;

function startWorker<N extends MessageName>(
  { client, prefix, queue, observer, concurrency }: RedisConsumerOptions<N>,
  handle: JobHandler,
  hooks: { readonly isClosing: () => boolean; readonly failed: (key: string) => Promise<void> },
): Worker {
  const worker = new Worker(queue, handle, {
    connection: client,
    prefix,
    concurrency,
    autorun: false,
    ...patience,
    settings: {
      // Anything else is BullMQ's own error, for example for a lock that was lost.
      backoffStrategy: (_attempts: number, _type?: string, error?: Error) =>
        error instanceof RetryLater ? error.afterMs : 1000,
    },
  });
  const report = (error: unknown): void => {
    if (!hooks.isClosing() && !(error instanceof Error && isConnectionProblem(error))) {
      observer.troubled?.(queue, describeRedisError(error));
    }
  };
  worker.on('error', report);
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, 'the message was given to another process');
  });
  worker.on('failed', (job) => {
    const key = job?.deduplicationId;
    if (key !== undefined) hooks.failed(key).catch(() => {});
  });
  // By itself it would run before its blocking connection is there, and then could not be closed without it.
  worker
    .waitUntilReady()
    .then(() => (hooks.isClosing() ? undefined : worker.run()))
    .catch(report);
  return worker;
}

/** Thrown to BullMQ, which keeps the message with the job: a code, because an error's text may hold anything. */
class RetryLater extends Error {
  readonly afterMs: number;

  constructor(code: string, afterMs: number) {
    super(code);
    this.name = 'RetryLater';
    this.afterMs = Math.round(afterMs);
  }
}

/**
 * A process that was killed in mid-job lets its locks expire; then a check of any other process takes the jobs up:
 *
 *     lock      |── 6 s ──|                         renewed each 1 to 2 s, so a busy event loop has 4 s
 *     checks    ·· marks ·· marked, locked ·· marked, unlocked: taken up    each 2 s
 */
const patience = {
  lockDuration: 6000,
  lockRenewTime: 2000,
  stalledInterval: 2000,
  // However often: a message that ends processes is found by its age, a lost one is not found at all.
  maxStalledCount: 1_000_000_000,
  // After an error of the connection; BullMQ's own 15 s would be the longest wait of all.
  runRetryDelay: 500,
  drainDelay: 5,
};

/** Failures in a row. BullMQ counts all of a job; how many came before its last success is kept as the job's progress. */
function attemptOf(job: Job): number {
  const before = typeof job.progress === 'number' ? job.progress : 0;
  return Math.max(0, job.attemptsMade - before) + 1;
}

async function forgetFailures(job: Job): Promise<void> {
  if (attemptOf(job) > 1) await job.updateProgress(job.attemptsMade);
}

function ignore(): void {}
