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
  #latest: { readonly status: Status; readonly at: number } | undefined;

  constructor(tools: RecentStatusTools) {
    this.#tools = tools;
  }

  /** A fresh one when it comes soon, else the latest; the fresh one for however long, when the latest is old or there is none. */
  async atOnce(): Promise<Status> {
    const fresh = this.#refresh();
    const { timers, now } = this.#tools;
    if (this.#latest === undefined || now() - this.#latest.at > keptMs) return fresh;
    const { status } = this.#latest;
    const late = new Promise<Status>((resolve) => {
      const stopWaiting = timers.after(soonMs, () => resolve(status));
      // One that cannot be made is said by the stream.
      fresh.then(stopWaiting, () => undefined);
    });
    return Promise.race([fresh.catch(() => late), late]);
  }

  /** Makes one now. Answers with the seconds until the next is due, so that little of the time goes into what nobody may look at. */
  async keep(): Promise<number> {
    const begun = this.#tools.now();
    await this.#refresh().catch(() => undefined);
    return Math.max(restSeconds, ((this.#tools.now() - begun) / 1000) * restShare);
  }

  async #refresh(): Promise<Status> {
    const status = await this.#tools.read(false);
    this.#latest = { status, at: this.#tools.now() };
    return status;
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

const soonMs = 100;
const keptMs = 600_000;
const restSeconds = 30;
const restShare = 300;
