import { toFailure, type Failure } from '../common/domain/failure.ts';
import type { Clock, Random } from '../common/ports/clock.ts';
import { retryDelaySeconds } from './back-off.ts';
import { systemTimers, type Timers } from './timers.ts';

export type TickOptions = {
  readonly everySeconds: number;
  /** Publishes a message. May reject: it is tried again until it is taken, and the clock goes on from then. */
  readonly publish: () => Promise<void>;
  readonly failed?: (failure: Failure, retryInSeconds: number) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly timers?: Timers;
};

export type Tick = {
  /** Brings the next tick forward to a moment (ms since the epoch), at the earliest a second after the last one. A later moment changes nothing. */
  readonly nextTick: (atMs: number) => void;
  /** Stops; waits for the publish that is under way. */
  readonly stop: () => Promise<void>;
};

/** Publishes a message at once and then every so many seconds. */
export function startTick(options: TickOptions): Tick {
  const { everySeconds, publish, failed, clock = Date.now, random = Math.random, timers = systemTimers } = options;
  const retryBounds = { firstSeconds: Math.min(0.5, everySeconds), maxSeconds: Math.min(30, everySeconds) };
  let plan: { readonly atMs: number; readonly cancel: () => void } | undefined;
  let wishedMs = Infinity;
  let lastMs = -Infinity;
  let failures = 0;
  let underWay: Promise<void> | undefined;
  let stopped = false;

  const planAt = (atMs: number): void => {
    if (stopped) return;
    plan?.cancel();
    plan = { atMs, cancel: timers.after(Math.max(0, atMs - clock()), ring) };
  };

  const ring = (): void => {
    plan = undefined;
    // Wishes that come from now on are answers to this tick.
    wishedMs = Infinity;
    lastMs = clock();
    underWay = tick().finally(() => {
      underWay = undefined;
    });
  };

  const tick = async (): Promise<void> => {
    let waitSeconds = everySeconds;
    try {
      await publish();
      failures = 0;
    } catch (error) {
      const failure = toFailure(error);
      failures++;
      waitSeconds = retryDelaySeconds(failure, failures, retryBounds, random) ?? everySeconds;
      failed?.(failure, waitSeconds);
      wishedMs = Infinity;
    }
    planAt(Math.min(clock() + waitSeconds * 1000, wishedMs));
  };

  planAt(clock());
  return {
    nextTick: (atMs) => {
      const soonestMs = Math.max(atMs, lastMs + leastGapMs);
      wishedMs = Math.min(wishedMs, soonestMs);
      if (plan !== undefined && soonestMs < plan.atMs) planAt(soonestMs);
    },
    stop: async () => {
      stopped = true;
      plan?.cancel();
      await underWay;
    },
  };
}

/** What is due and stays due must not tick without a pause. */
const leastGapMs = 1000;
