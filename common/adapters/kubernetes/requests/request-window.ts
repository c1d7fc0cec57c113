import { Failure } from '../../../domain/failure.ts';
import { urgencies, urgencyRank, type Urgency } from '../../../domain/urgency.ts';
import type { Clock } from '../../../ports.ts';
import { createFifo } from './fifo.ts';
import { createTokenBucket } from './token-bucket.ts';

/**
 * Bounds the requests in flight, not the requests per second: 8 to 16 in flight reach nine tenths of the API server's rate
 * at a third of the latency of 64. Those that wait start in the order of their urgency, first come first served within one.
 *
 * A 429 halves the limit (to no less than 1) and stops new requests until `Retry-After`; each full window of successes adds
 * one again. How many can wait is bounded by how much the callers do at once.
 */
export type RequestWindow = {
  /** Runs `work` when it is its turn. Rejects as `work` does. */
  run<T>(urgency: Urgency, work: () => Promise<T>): Promise<T>;
  gauges(): WindowGauges;
};

export type WindowGauges = { readonly inFlight: number; readonly waiting: number; readonly limit: number };

export type RequestWindowOptions = {
  /** Requests in flight at most; 16. */
  readonly limit?: number | undefined;
  /** A cap of requests per second; none unless given. */
  readonly perSecond?: number | undefined;
  readonly clock?: Clock | undefined;
  /** `setTimeout` unless given. */
  readonly setTimer?: ((callback: () => void, delayMs: number) => void) | undefined;
};

/** A window for everything that one process writes. Timers keep the process alive only while somebody waits. */
export function createRequestWindow(options: RequestWindowOptions = {}): RequestWindow {
  const maxLimit = Math.max(1, options.limit ?? 16);
  const clock = options.clock ?? (() => performance.now());
  const setTimer = options.setTimer ?? ((callback, delayMs) => void setTimeout(callback, delayMs));
  const bucket = options.perSecond === undefined ? undefined : createTokenBucket(options.perSecond, clock);
  const queues = urgencies.map(() => createFifo<() => void>());
  let waiting = 0;
  let inFlight = 0;
  let limit = maxLimit;
  let successes = 0;
  let pausedUntil = 0;
  let timerSet = false;
  /** Counts the halvings: of the requests that were in flight together only the first 429 halves. */
  let epoch = 0;

  /** ms until another request may start; 0: now. */
  const delayMs = (): number => {
    const pauseMs = pausedUntil === 0 ? 0 : pausedUntil - clock();
    if (pauseMs > 0) return pauseMs;
    pausedUntil = 0;
    return bucket?.take() ?? 0;
  };

  const wakeAfter = (ms: number): void => {
    if (timerSet) return;
    timerSet = true;
    setTimer(() => {
      timerSet = false;
      startWaiting();
    }, Math.ceil(ms));
  };

  const startWaiting = (): void => {
    while (waiting > 0 && inFlight < limit) {
      const wait = delayMs();
      if (wait > 0) return wakeAfter(wait);
      const queue = queues.find((queue) => queue.size() > 0);
      const start = queue?.shift();
      if (start === undefined) return;
      waiting--;
      inFlight++;
      start();
    }
  };

  const succeeded = (): void => {
    if (limit < maxLimit && ++successes >= limit) {
      limit++;
      successes = 0;
    }
  };

  const failed = (error: unknown, startedIn: number): void => {
    if (!(error instanceof Failure) || error.code !== 'kubernetes-throttled') return;
    const seconds = error.reaction.kind === 'retry-after' ? error.reaction.seconds : unnamedPauseSeconds;
    pausedUntil = Math.max(pausedUntil, clock() + seconds * 1000);
    if (startedIn !== epoch) return;
    epoch++;
    successes = 0;
    limit = Math.max(1, Math.floor(limit / 2));
  };

  const perform = async <T>(work: () => Promise<T>): Promise<T> => {
    const startedIn = epoch;
    try {
      const result = await work();
      succeeded();
      return result;
    } catch (error) {
      failed(error, startedIn);
      throw error;
    } finally {
      inFlight--;
      startWaiting();
    }
  };

  return {
    run(urgency, work) {
      // The common case: there is room, and no queue is touched.
      if (waiting === 0 && inFlight < limit && delayMs() === 0) {
        inFlight++;
        return perform(work);
      }
      return new Promise((resolve, reject) => {
        queues[urgencyRank(urgency)]?.push(() => void perform(work).then(resolve, reject));
        waiting++;
        startWaiting();
      });
    },
    gauges: () => ({ inFlight, waiting, limit }),
  };
}

/** For a 429 without `Retry-After`. */
const unnamedPauseSeconds = 1;
