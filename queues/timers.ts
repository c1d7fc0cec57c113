/** When something happens later. */
export type Timers = {
  /** Calls back once after so many milliseconds, unless the returned function is called before. */
  after(milliseconds: number, run: () => void): () => void;
  /** Calls back after whatever else waits for its turn: sockets, timers. */
  nextTurn(run: () => void): void;
};

/** The timers of the process. A longer wait than Node knows is cut to its longest, about 24 days. */
export const systemTimers: Timers = {
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(Math.max(0, milliseconds), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
  nextTurn: (run) => void setImmediate(run),
};
