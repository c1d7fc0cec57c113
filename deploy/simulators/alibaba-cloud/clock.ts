/** A clock that can be turned. `now()` is ms since the epoch. */
export type SimulatorClock = {
  now(): number;
  /** Turns the clock forward (or back, with a negative number) and leaves it running from there. */
  advance(seconds: number): void;
  /** Seconds by which the clock is ahead of the one it was made from. */
  aheadSeconds(): number;
};

/** A clock that runs with `source` (default: the system's) plus whatever it has been turned by. */
export function createClock(source: () => number = Date.now): SimulatorClock {
  let aheadMilliseconds = 0;
  return {
    now: () => source() + aheadMilliseconds,
    advance: (seconds) => {
      aheadMilliseconds += seconds * 1000;
    },
    aheadSeconds: () => aheadMilliseconds / 1000,
  };
}

/** A clock that stands still until it is turned: for tests whose vectors carry a date. */
export function createStandingClock(startsAt: string): SimulatorClock {
  const start = Date.parse(startsAt);
  return createClock(() => start);
}

/** `2026-01-02T03:04:05Z`: how STS, RAM and the metadata service write a time. */
export function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
