import {
  askBreaker,
  breakerAfterFailure,
  breakerWithinReach,
  closedBreaker,
  hastened,
  type CircuitBreaker,
} from './circuit-breaker.ts';

/**
 * What one pool (a region and an account) may do: a token bucket, the pause that the cloud asked for, a circuit breaker.
 * Moments are ms since the epoch. Plain JSON: several processes share it.
 */
export type PoolState = {
  /** Fetches that may start at once; a fraction while the next one is being earned. */
  readonly tokens: number;
  /** The moment that `tokens` is of; ahead of the time during a pause, in which nothing is earned. */
  readonly refilledAt: number;
  readonly blockedUntil: number;
  /** Pauses in a row: several calls that are turned away at the same time are one. */
  readonly throttlesInARow: number;
  /** The last moment at which somebody was told to come back. */
  readonly lastTurnAt: number;
  readonly breaker: CircuitBreaker;
};

export type PoolAnswer = { readonly admitted: true } | { readonly admitted: false; readonly retryInSeconds: number };

export type PoolOutcome =
  | 'succeeded'
  /** The cloud asked for a pause. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds?: number | undefined }
  /** No answer, or an error of the cloud's own. */
  | { readonly kind: 'failed' };

/** Why nothing is fetched from a pool: the cloud asked for a pause, or did not answer and has not answered a probe since. */
export const poolObstacles = ['throttled', 'breaker-open'] as const;
export type PoolObstacle = (typeof poolObstacles)[number];

export const fetchesPerSecond = 10;
/** Fetches that may start at once in a pool that was quiet. */
export const fetchBurst = 20;
/** Bounds of the pause that the cloud asks for: nobody is believed who asks for more. */
export const retryAfterMinSeconds = 0.1;
export const retryAfterMaxSeconds = 300;
/** Bounds of the pause when the cloud does not say how long. */
export const throttleFirstSeconds = 1;
export const throttleMaxSeconds = 60;
/** How far behind the first possible moment a fetch is sent at most, so that all do not come back together. */
export const turnMaxSeconds = 30;

/** A pool that nothing is known of. */
export function newPoolState(now: number): PoolState {
  return {
    tokens: fetchBurst,
    refilledAt: now,
    blockedUntil: 0,
    throttlesInARow: 0,
    lastTurnAt: 0,
    breaker: closedBreaker,
  };
}

/**
 * Asks for one fetch at `now`. The state that comes back is to be kept whatever the answer is. Who is turned away is told
 * when to come back, each at another moment: two hundred that wait for one account do not ask all at once. A breaker opens no later
 * than after `patienceSeconds`: a token that is about to expire is worth a probe. A pause that the cloud asked for is kept.
 */
export function take(
  before: PoolState,
  now: number,
  random: () => number,
  patienceSeconds = Infinity,
): { readonly state: PoolState; readonly answer: PoolAnswer } {
  const current = broughtTo(now, before);
  const state = { ...current, breaker: hastened(current.breaker, now + patienceSeconds * 1000) };
  const breaker = askBreaker(state.breaker, now);
  const readyAt = Math.max(
    state.blockedUntil,
    breaker.kind === 'go' ? now : breaker.until,
    state.refilledAt + (Math.max(0, 1 - state.tokens) / fetchesPerSecond) * 1000,
  );
  if (readyAt > now || breaker.kind === 'wait') return turnAway(state, readyAt, now, random);
  return { state: { ...state, tokens: state.tokens - 1, breaker: breaker.afterwards }, answer: { admitted: true } };
}

/** Tells how a fetch that was admitted has ended, at `now`. Answers with the same object when nothing changes by it. */
export function settle(before: PoolState, outcome: PoolOutcome, now: number, random: () => number): PoolState {
  if (outcome === 'succeeded') return afterSuccess(before, now);
  const state = broughtTo(now, before);
  if (outcome.kind === 'failed') return { ...state, breaker: breakerAfterFailure(state.breaker, now, random) };
  return afterThrottling(state, outcome.retryAfterSeconds, now, random);
}

/** What keeps fetches away at `now`. */
export function blockedBy({ blockedUntil, breaker }: PoolState, now: number): readonly PoolObstacle[] {
  return poolObstacles.filter((obstacle) =>
    obstacle === 'throttled' ? blockedUntil > now : breaker.kind !== 'closed',
  );
}

/** Earns the tokens of the time that went by, and mends moments that a clock which was turned back has put out of reach. */
function broughtTo(now: number, before: PoolState): PoolState {
  const blockedUntil = Math.min(before.blockedUntil, now + retryAfterMaxSeconds * 1000);
  const refilledAt = Math.min(before.refilledAt, Math.max(now, blockedUntil));
  const earned = (Math.max(0, now - refilledAt) / 1000) * fetchesPerSecond;
  return {
    tokens: Math.min(fetchBurst, before.tokens + earned),
    refilledAt: Math.max(now, refilledAt),
    blockedUntil,
    throttlesInARow: before.throttlesInARow,
    lastTurnAt: Math.min(before.lastTurnAt, now + (retryAfterMaxSeconds + turnMaxSeconds) * 1000),
    breaker: breakerWithinReach(before.breaker, now),
  };
}

/** The next free turn at the pool's rate; once too many wait, any moment of that time. */
function turnAway(
  state: PoolState,
  readyAt: number,
  now: number,
  random: () => number,
): { readonly state: PoolState; readonly answer: PoolAnswer } {
  const nextTurnAt = Math.max(readyAt, state.lastTurnAt + 1000 / fetchesPerSecond);
  const isTaken = nextTurnAt > readyAt + turnMaxSeconds * 1000;
  const turnAt = isTaken ? readyAt + random() * turnMaxSeconds * 1000 : nextTurnAt;
  return {
    state: isTaken ? state : { ...state, lastTurnAt: turnAt },
    // Rounded up: who comes a fraction of a millisecond early would be turned away again.
    answer: { admitted: false, retryInSeconds: (Math.max(0, Math.ceil(turnAt - now)) + 1) / 1000 },
  };
}

/** A success that was under way when the pause began does not end it. */
function afterSuccess(state: PoolState, now: number): PoolState {
  const throttlesInARow = now < state.blockedUntil ? state.throttlesInARow : 0;
  const isQuiet = state.breaker.kind === 'closed' && state.breaker.failuresInARow === 0;
  if (isQuiet && throttlesInARow === state.throttlesInARow) return state;
  return { ...state, throttlesInARow, breaker: closedBreaker };
}

/** Who throttles, answers: that closes the breaker. After the pause the pool begins with one fetch, not with a burst. */
function afterThrottling(
  state: PoolState,
  retryAfterSeconds: number | undefined,
  now: number,
  random: () => number,
): PoolState {
  const isNew = now >= state.blockedUntil;
  const throttlesInARow = Math.max(1, state.throttlesInARow + (isNew ? 1 : 0));
  const seconds =
    retryAfterSeconds !== undefined && Number.isFinite(retryAfterSeconds)
      ? Math.min(retryAfterMaxSeconds, Math.max(retryAfterMinSeconds, retryAfterSeconds))
      : throttlePauseSeconds(throttlesInARow, random);
  // Another call may have been told to wait longer.
  const blockedUntil = Math.max(state.blockedUntil, Math.ceil(now + seconds * 1000));
  return {
    ...state,
    tokens: Math.min(1, state.tokens),
    refilledAt: blockedUntil,
    blockedUntil,
    throttlesInARow,
    breaker: closedBreaker,
  };
}

/** Full jitter below a ceiling that doubles. The exponent is bounded because throttles are not. */
function throttlePauseSeconds(throttlesInARow: number, random: () => number): number {
  const ceiling = Math.min(throttleMaxSeconds, throttleFirstSeconds * 2 ** Math.min(throttlesInARow, 10));
  return throttleFirstSeconds + random() * (ceiling - throttleFirstSeconds);
}
