import { Failure } from '../../../domain/failure.ts';
import { createTurns } from '../../../domain/turns.ts';
import { urgencies, urgencyRank, type Urgency } from '../../../domain/urgency.ts';
import type { RequestBudget } from '../../../ports/budgets.ts';
import type { Clock } from '../../../ports/clock.ts';
import { createFifo } from './fifo.ts';

/**
 * Bounds the requests in flight, not the requests per second: 8 to 16 in flight reach nine tenths of the API server's rate
 * at a third of the latency of 64. Those that wait start in the order of their urgency, first come first served within one, and
 * once in a while a less urgent one (`turnsUntilTheLessUrgent`).
 *
 * A 429 halves the limit (to no less than 1) and stops new requests until `Retry-After`; each full window of successes adds
 * one again. How many can wait is bounded by how much the callers do at once.
 */
export type RequestWindow = {
  /** Runs `work` when it is its turn. Rejects as `work` does. */
  run<T>(urgency: Urgency, work: () => Promise<T>): Promise<T>;
  gauges(): WindowGauges;
};

export type WindowGauges = {
  readonly inFlight: number;
  readonly waiting: number;
  readonly limit: number;
  /** How long requests have waited for their turn since the beginning, all together. */
  readonly waitedSeconds: number;
};

export type RequestWindowOptions = {
  /** Requests in flight at most; 16. */
  readonly limit?: number | undefined;
  /** A cap of requests per second, which other processes may share; none unless given. */
  readonly budget?: RequestBudget | undefined;
  readonly clock?: Clock | undefined;
  /** Makes `work` that has to wait belong, when it is started by whoever ended, to what it was asked for by. */
  readonly bind?: (<T>(work: () => T) => () => T) | undefined;
  /** `setTimeout` unless given. */
  readonly setTimer?: ((callback: () => void, delayMs: number) => void) | undefined;
};

/** A window for everything that one process writes. Timers keep the process alive only while somebody waits. */
export function createRequestWindow(options: RequestWindowOptions = {}): RequestWindow {
  const maxLimit = Math.max(1, options.limit ?? 16);
  const clock = options.clock ?? (() => performance.now());
  const setTimer = options.setTimer ?? ((callback, delayMs) => void setTimeout(callback, delayMs));
  const { budget, bind = asItIs } = options;
  const turns = createTurns();
  const queues = urgencies.map(() => createFifo<() => void>());
  let waiting = 0;
  let inFlight = 0;
  let limit = maxLimit;
  let successes = 0;
  let waitedMs = 0;
  let pausedUntil = 0;
  let timerSet = false;
  /** What the budget has granted and was not used yet. */
  let permits = budget === undefined ? Infinity : 0;
  let asking = false;
  /** Counts the halvings: of the requests that were in flight together only the first 429 halves. */
  let epoch = 0;

  /** ms until the pause that the server asked for is over; 0: there is none. */
  const pauseMs = (): number => {
    const left = pausedUntil === 0 ? 0 : pausedUntil - clock();
    if (left > 0) return left;
    pausedUntil = 0;
    return 0;
  };

  const wakeAfter = (ms: number): void => {
    if (timerSet) return;
    timerSet = true;
    setTimer(() => {
      timerSet = false;
      startWaiting();
    }, Math.ceil(ms));
  };

  /** For all that could start soon, so that a cap that is shared through Redis costs few round trips. */
  const askForPermits = async (from: RequestBudget): Promise<void> => {
    if (asking || timerSet) return;
    asking = true;
    const { granted, retryInMs } = await from.take(Math.min(waiting, limit));
    asking = false;
    permits += granted;
    if (granted > 0) startWaiting();
    else wakeAfter(retryInMs);
  };

  const startWaiting = (): void => {
    while (waiting > 0 && inFlight < limit) {
      const pause = pauseMs();
      if (pause > 0) return wakeAfter(pause);
      if (permits < 1 && budget !== undefined) return void askForPermits(budget);
      const rank = turns.next((asked) => (queues[asked]?.size() ?? 0) > 0);
      const start = rank === undefined ? undefined : queues[rank]?.shift();
      if (start === undefined) return;
      permits--;
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
      if (budget === undefined && waiting === 0 && inFlight < limit && pauseMs() === 0) {
        inFlight++;
        return perform(work);
      }
      return new Promise((resolve, reject) => {
        const since = clock();
        const bound = bind(work);
        queues[urgencyRank(urgency)]?.push(() => {
          waitedMs += Math.max(0, clock() - since);
          void perform(bound).then(resolve, reject);
        });
        waiting++;
        startWaiting();
      });
    },
    gauges: () => ({ inFlight, waiting, limit, waitedSeconds: waitedMs / 1000 }),
  };
}

function asItIs<T>(work: () => T): () => T {
  return work;
}

/** For a 429 without `Retry-After`. */
const unnamedPauseSeconds = 1;
