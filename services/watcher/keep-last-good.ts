import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { LastGood, LastGoodStore } from '../../common/ports/own-secrets.ts';

/**
 * Keeps the last good configuration in the cluster, a few seconds after it was taken over: a ConfigMap that flips to and fro costs
 * one write per few seconds, however long it does, and the first start of a large cluster is not held up by it.
 */
export class LastGoodKeeper {
  readonly #store: LastGoodStore;
  readonly #report: Report;
  readonly #signal: AbortSignal;
  #known: Promise<LastGood | undefined> | undefined;
  #pending: LastGood | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: LastGoodStore, report: Report, signal: AbortSignal) {
    this.#store = store;
    this.#report = report;
    this.#signal = signal;
  }

  /** Read once; `undefined` when there is none. Throws `Failure`. */
  read(): Promise<LastGood | undefined> {
    this.#known ??= this.#store.read().catch((error: unknown) => {
      this.#known = undefined;
      throw error;
    });
    return this.#known;
  }

  keep(lastGood: LastGood): void {
    this.#pending = lastGood;
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.flush(), delaySeconds * 1000);
    this.#timer.unref();
  }

  /** Writes at once what waits: the ConfigMap is not the last good one any more, or this process ends. Never throws. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lastGood = this.#pending;
    this.#pending = undefined;
    if (lastGood === undefined) return;
    try {
      // Read afresh: another watcher may have kept another one meanwhile.
      const isKept = (await this.#store.read())?.version === lastGood.version;
      if (!isKept) await this.#store.write(lastGood);
      this.#known = Promise.resolve(lastGood);
    } catch (error) {
      const failure = toFailure(error);
      this.#report({
        kind: 'message-failed',
        message: 'watch',
        key: 'last good configuration',
        failure,
        retryInSeconds: delaySeconds,
      });
      if (this.#pending === undefined && !this.#signal.aborted) this.keep(lastGood);
    }
  }
}

const delaySeconds = 5;
