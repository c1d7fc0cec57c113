/**
 * Keeps calls away from an account that does not answer, and tries now and then with a single one.
 *
 *     closed ──5 failures in a row──▶ open ──its time is over──▶ probing (one call) ──success──▶ closed
 *                                      ▲                              │
 *                                      └──────── failure ─────────────┘   each time longer, up to a minute
 */
export type CircuitBreaker =
  | { readonly kind: 'closed'; readonly failuresInARow: number }
  /** `openings`: how often it opened since the last success. `until`: ms since the epoch. */
  | { readonly kind: 'open'; readonly openings: number; readonly until: number }
  /** `until`: when nobody believes any more that the probe will end, ms since the epoch. */
  | { readonly kind: 'probing'; readonly openings: number; readonly until: number };

export const closedBreaker: CircuitBreaker = { kind: 'closed', failuresInARow: 0 };

/** Failures in a row that open the breaker. */
export const failuresToOpen = 5;
/** Bounds of the time that it stays open. */
export const openFirstSeconds = 5;
export const openMaxSeconds = 60;
/** A probe whose process was killed never ends, and must not keep the pool closed for ever. */
export const probeMaxSeconds = 30;

/** What the breaker says to one more call at `now` (ms since the epoch): go, or come back at a moment. */
export function askBreaker(
  breaker: CircuitBreaker,
  now: number,
): { readonly kind: 'go'; readonly afterwards: CircuitBreaker } | { readonly kind: 'wait'; readonly until: number } {
  if (breaker.kind === 'closed') return { kind: 'go', afterwards: breaker };
  if (breaker.until > now) {
    // A probe that succeeds ends long before it is given up: worth looking again soon.
    const until = breaker.kind === 'open' ? breaker.until : Math.min(breaker.until, now + lookAtProbeSeconds * 1000);
    return { kind: 'wait', until };
  }
  const { openings } = breaker;
  return { kind: 'go', afterwards: { kind: 'probing', openings, until: now + probeMaxSeconds * 1000 } };
}

const lookAtProbeSeconds = 1;

/** The breaker after a call without an answer. Calls that were under way when it opened say nothing new. */
export function breakerAfterFailure(breaker: CircuitBreaker, now: number, random: () => number): CircuitBreaker {
  if (breaker.kind === 'open') return breaker;
  if (breaker.kind === 'probing') return opened(breaker.openings + 1, now, random);
  const failuresInARow = breaker.failuresInARow + 1;
  return failuresInARow < failuresToOpen ? { kind: 'closed', failuresInARow } : opened(1, now, random);
}

/** The same, but not open for longer than until `latest` (ms since the epoch). */
export function hastened(breaker: CircuitBreaker, latest: number): CircuitBreaker {
  return breaker.kind === 'open' && breaker.until > latest ? { ...breaker, until: Math.ceil(latest) } : breaker;
}

/** The same after the clock was turned back: no moment lies further ahead than it can have been set. */
export function breakerWithinReach(breaker: CircuitBreaker, now: number): CircuitBreaker {
  if (breaker.kind === 'closed') return breaker;
  const latest = now + 1000 * (breaker.kind === 'open' ? openMaxSeconds : probeMaxSeconds);
  return breaker.until <= latest ? breaker : { ...breaker, until: latest };
}

/** Full jitter, so that the helpers of many clusters do not come back to one account at the same moment. */
function opened(openings: number, now: number, random: () => number): CircuitBreaker {
  const ceiling = Math.min(openMaxSeconds, openFirstSeconds * 2 ** Math.min(openings, 10));
  const seconds = openFirstSeconds + random() * (ceiling - openFirstSeconds);
  return { kind: 'open', openings, until: Math.ceil(now + seconds * 1000) };
}
