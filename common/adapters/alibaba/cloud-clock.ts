import type { Clock } from '../../ports/clock.ts';

/** The cloud's time, as far as its answers tell. Signatures and expiries are judged by it, not by this machine's clock. */
export type CloudClock = {
  /** ms since the epoch. */
  readonly now: Clock;
  /** How far the cloud's clock is ahead of ours, ms; 0 while nothing else is known. */
  skewMilliseconds(): number;
  /** Takes in the `Date` header of an answer and when the request left and the answer came, ms by this machine's clock. */
  observe(dateHeader: string | undefined, sentAt: number, receivedAt: number): void;
  /** Like `observe`, after a request was refused for its date: what was believed so far is wrong and is forgotten. */
  correct(dateHeader: string | undefined, sentAt: number, receivedAt: number): void;
};

/**
 * A clock corrected by what is measured.
 *
 * The estimate is the median of the last five measurements, so that one odd header (a proxy's, a cached answer's) changes nothing.
 * Measurements of more than a day are not believed; less than two seconds is what a `Date` header cannot tell.
 */
export function createCloudClock(clock: Clock): CloudClock {
  let measurements: readonly number[] = [];
  const skew = (): number => {
    const middle = measurements.toSorted((a, b) => a - b)[Math.floor(measurements.length / 2)] ?? 0;
    return Math.abs(middle) < smallestSkew ? 0 : middle;
  };
  const take = (known: readonly number[], measured: number | undefined): void => {
    measurements = measured === undefined ? known : [...known, measured].slice(-remembered);
  };
  return {
    now: () => clock() + skew(),
    skewMilliseconds: skew,
    observe: (dateHeader, sentAt, receivedAt) => take(measurements, measure(dateHeader, sentAt, receivedAt)),
    correct: (dateHeader, sentAt, receivedAt) => take([], measure(dateHeader, sentAt, receivedAt)),
  };
}

const remembered = 5;
const smallestSkew = 2000;
const largestSkew = 24 * 3600 * 1000;

/**
 *   sent ────────▶ Date: 12:00:07 (cut to the second: on average half a second ago)
 *   received ◀────
 *   The answer was dated halfway between the two, on average.
 */
function measure(dateHeader: string | undefined, sentAt: number, receivedAt: number): number | undefined {
  const cloudDate = Date.parse(dateHeader ?? '');
  if (Number.isNaN(cloudDate)) return undefined;
  const skew = Math.round(cloudDate + 500 - (sentAt + receivedAt) / 2);
  return Math.abs(skew) > largestSkew ? undefined : skew;
}
