import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../../common/domain/status/status.ts';
import type { Shutdown } from '../../common/runtime/shutdown.ts';
import type { Timers } from '../../queues/timers.ts';
import type { StatusAnswers } from './status-answers.ts';

export type RecentStatusTools = {
  readonly read: StatusAnswers;
  readonly timers: Pick<Timers, 'after'>;
  /** ms of any clock. */
  readonly now: () => number;
};

/**
 * The status for whoever must not wait: in a cluster of ten thousand namespaces it takes a while to make. A page begins with a recent one, and
 * its stream brings the new one.
 */
export class RecentStatus {
  readonly #tools: RecentStatusTools;
  #latest: { readonly status: Status; readonly at: number; readonly tookMs: number } | undefined;

  constructor(tools: RecentStatusTools) {
    this.#tools = tools;
  }

  async fresh(): Promise<Status> {
    const { read, now } = this.#tools;
    const begun = now();
    const status = await read(false);
    this.#latest = { status, at: now(), tookMs: now() - begun };
    return status;
  }

  /** A fresh one when it comes soon or there is none of the last ten minutes, else the latest. */
  async atOnce(): Promise<Status> {
    const { timers, now } = this.#tools;
    const latest = this.#latest;
    if (latest === undefined || now() - latest.at > keptMs) return this.fresh();
    if (latest.tookMs > soonMs) return latest.status;
    const fresh = this.fresh();
    const late = new Promise<Status>((resolve) => {
      const stopWaiting = timers.after(soonMs, () => resolve(latest.status));
      // One that cannot be made is said by the stream.
      fresh.then(stopWaiting, () => undefined);
    });
    return Promise.race([fresh.catch(() => late), late]);
  }

  /** Makes one now. Answers with the seconds until the next is due, so that little of the time goes into what nobody may look at. */
  async keep(): Promise<number> {
    const begun = this.#tools.now();
    await this.fresh().catch(() => undefined);
    return Math.max(restSeconds, ((this.#tools.now() - begun) / 1000) * restShare);
  }
}

/** Has a recent status there for the first who looks, until the process stops. */
export function keepStatus(recent: RecentStatus, { signal }: Pick<Shutdown, 'signal'>): void {
  const run = async (): Promise<void> => {
    // The start has better things to do.
    let seconds = restSeconds;
    while (!signal.aborted) {
      await sleep(seconds * 1000, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) seconds = await recent.keep();
    }
  };
  void run();
}

const soonMs = 50;
const keptMs = 600_000;
const restSeconds = 30;
const restShare = 300;
