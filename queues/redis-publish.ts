import type { Failure } from '../common/domain/failure.ts';
import { toRedisFailure } from '../common/domain/redis-failure.ts';
import type { Clock } from '../common/ports/clock.ts';
import { answerWithinSeconds, inTime } from './answer-in-time.ts';
import { withTrace } from './carry-trace.ts';
import type { MessageName } from './catalog.ts';
import { untilReady, type RedisClient } from './connection.ts';
import type { MessagesByQueue, ReadMessage } from './read-messages.ts';
import { queueScripts, type PublishedJob } from './redis-scripts.ts';

export type RedisPublisher = {
  /** Publishes to each queue, by its name, the messages by their keys. */
  readonly publish: <N extends MessageName>(name: N, messages: MessagesByQueue<N>) => Promise<void>;
};

/** Publishes by one script for a hundred messages: most of a busy time are for keys that wait already. BullMQ does the rest. */
export function createRedisPublisher(client: RedisClient, prefix: string, clock: Clock): RedisPublisher {
  const newJobId = jobIds();

  const publishTo = async <N extends MessageName>(
    queueName: string,
    name: N,
    messages: readonly ReadMessage<N>[],
  ): Promise<void> => {
    const scripts = queueScripts(client, prefix, queueName);
    try {
      await untilReady(client, answerWithinSeconds);
      for (let from = 0; from < messages.length; from += batchSize) {
        const batch = messages.slice(from, from + batchSize);
        await inTime(
          scripts.publish(
            name,
            batch.map((message) => jobOf(message, newJobId())),
            clock(),
          ),
        );
      }
    } catch (error) {
      throw asUnreachable(error, name);
    }
  };

  return {
    publish: async (name, messages) => {
      for (const [queueName, byKey] of messages) await publishTo(queueName, name, [...byKey.values()]);
    },
  };
}

/** More at once keep Redis from everybody else for longer than a millisecond or two. */
const batchSize = 100;

function jobOf<N extends MessageName>({ key, data, rank, trace }: ReadMessage<N>, id: string): PublishedJob {
  const options = { ...jobOptions, jobId: id, priority: rank + 1, de: { id: key, keepLastIfActive: true } };
  return {
    id,
    key,
    priority: rank + 1,
    data: JSON.stringify(withTrace(data, trace)),
    options: JSON.stringify(options),
  };
}

/** Of BullMQ, by the names under which it keeps them. How often and when is decided by the consumer; it only must never stop by itself. */
const jobOptions = {
  attempts: 1_000_000_000,
  backoff: { type: 'custom' },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 0,
} as const;

/** Ids that no other process makes, so that the id in the answer tells whether the job is ours. */
function jobIds(): () => string {
  const process = crypto.randomUUID().slice(0, 13);
  let count = 0;
  return () => `${process}-${(count++).toString(36)}`;
}

/** Without the cause: errors of ioredis hold the command, and that the data. */
function asUnreachable(error: unknown, name: MessageName): Failure {
  return toRedisFailure(`a message ${name} was not published`, error);
}
