import { BaseAdapter } from '@bull-board/api/dist/queueAdapters/base.js';
import type {
  AppJobScheduler,
  JobCounts,
  JobStatus,
  QueueJob,
  QueueMetrics,
  Status,
} from '@bull-board/api/dist/types.js';
import { Failure } from '../../../common/domain/failure.ts';
import type { QueueViewer, ViewedMessage, ViewedState } from '../../../queues/queue-viewer.ts';

/**
 * One queue for bull-board. It knows how to look and nothing else: what bull-board would change has nothing to change it with.
 * Stack traces and BullMQ's own options are not part of what is looked at.
 */
export class ViewedQueue extends BaseAdapter {
  readonly #name: string;
  readonly #viewer: QueueViewer;

  constructor(name: string, viewer: QueueViewer) {
    super('bullmq', { readOnlyMode: true, allowRetries: false });
    this.#name = name;
    this.#viewer = viewer;
  }

  getName(): string {
    return this.#name;
  }

  getStatuses(): Status[] {
    return ['latest', ...states];
  }

  getJobStatuses(): JobStatus[] {
    return [...states];
  }

  async getJobCounts(): Promise<JobCounts> {
    const counts = await this.#viewer.counts(this.#name);
    return { ...noJobs, ...counts };
  }

  async getJobs(statuses: JobStatus[], start = 0, end = 0): Promise<QueueJob[]> {
    const asked = states.filter((state) => statuses.includes(state));
    const messages = await this.#viewer.messages(this.#name, asked, start, end);
    return messages.map((message) => this.#job(message));
  }

  async getJob(id: string): Promise<QueueJob | undefined> {
    const message = await this.#viewer.message(this.#name, id);
    return message === undefined ? undefined : this.#job(message);
  }

  isPaused(): Promise<boolean> {
    return this.#viewer.isPaused(this.#name);
  }

  getRedisInfo(): Promise<null> {
    return Promise.resolve(null);
  }

  getJobLogs(): Promise<string[]> {
    return Promise.resolve([]);
  }

  getMetrics(): Promise<QueueMetrics> {
    return Promise.resolve({ meta: { count: 0, prevTS: 0, prevCount: 0 }, data: [], count: 0 });
  }

  getJobSchedulers(): Promise<Omit<AppJobScheduler, 'queueName'>[]> {
    return Promise.resolve([]);
  }

  getJobSchedulersCount(): Promise<number> {
    return Promise.resolve(0);
  }

  getGlobalConcurrency(): Promise<null> {
    return Promise.resolve(null);
  }

  readonly clean = refuse;
  readonly addJob = refuse;
  readonly pause = refuse;
  readonly resume = refuse;
  readonly empty = refuse;
  readonly obliterate = refuse;
  readonly promoteAll = refuse;
  readonly removeJobScheduler = refuse;
  readonly updateJobScheduler = refuse;
  readonly runJobSchedulerNow = refuse;
  readonly setGlobalConcurrency = refuse;

  // Asked of queues of this type by bull-board's view of job trees, of which there are none.
  getQueueQualifiedName(): string {
    return this.#name;
  }

  getFlowProducer(): Promise<null> {
    return Promise.resolve(null);
  }

  #job(message: ViewedMessage): QueueJob {
    const { id, name, data, publishedAt, startedAt, attempts, priority, key, failure } = message;
    const delay = delayFromPublishing(message);
    return {
      opts: { delay },
      getState: () => this.#viewer.state(this.#name, id) as ReturnType<QueueJob['getState']>,
      toJSON: () => ({
        id,
        name,
        data,
        timestamp: publishedAt,
        processedOn: startedAt ?? null,
        attemptsMade: attempts,
        delay,
        priority,
        ...(key === undefined ? {} : { deduplicationId: key }),
        failedReason: failure ?? '',
        progress: 0,
        stacktrace: null,
        returnvalue: null,
        opts: { delay },
      }),
      promote: refuse,
      remove: refuse,
      retry: refuse,
    };
  }
}

/** Those that a message of ours can be in: `waiting` is one that was taken from a process that died. What ends is removed. */
const states: readonly ViewedState[] = ['active', 'waiting', 'prioritized', 'delayed'];

/** bull-board counts a delay from the first publish, BullMQ from the last try. */
function delayFromPublishing({ publishedAt, startedAt, delayMs }: ViewedMessage): number {
  return delayMs === 0 ? 0 : (startedAt ?? publishedAt) + delayMs - publishedAt;
}

const noJobs: JobCounts = {
  latest: 0,
  active: 0,
  waiting: 0,
  'waiting-children': 0,
  prioritized: 0,
  completed: 0,
  failed: 0,
  delayed: 0,
  paused: 0,
};

function refuse(): Promise<never> {
  return Promise.reject(new Failure('setting-invalid', 'the queues can only be looked at'));
}
