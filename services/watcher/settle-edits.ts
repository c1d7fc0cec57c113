import type { Timers } from '../../queues/timers.ts';

export type SettleTools = {
  /** ms of any clock. */
  readonly clock: () => number;
  readonly timers: Timers;
};

/**
 * Passes on an edit that comes alone at once. Of edits that follow close upon each other only the latest is passed on, as soon as there
 * is quiet, and now and then while there is none: what flips to and fro ten times a second is taken over a few times, and not a
 * hundred times.
 *
 *     edits   A    B C D E        F F' F F' F F' F F' …
 *     out     A    B     E        F                F'  …
 *
 * Ends with the source, after its latest edit.
 */
export async function* settleEdits<T>(
  source: AsyncIterable<T>,
  tools: SettleTools,
): AsyncGenerator<T, void, undefined> {
  const { clock } = tools;
  const edits = source[Symbol.asyncIterator]();
  let next = edits.next();
  let lastAt = Number.NEGATIVE_INFINITY;
  try {
    for (;;) {
      const first = await next;
      if (first.done === true) return;
      next = edits.next();
      let latest = first.value;
      const startedAt = clock();
      let isSettled = startedAt - lastAt >= quietMilliseconds;
      lastAt = startedAt;
      while (!isSettled) {
        const patience = Math.min(lastAt + quietMilliseconds, startedAt + restlessMilliseconds) - clock();
        const more = await within(patience, next, tools);
        if (more === undefined || more.done === true) {
          isSettled = true;
        } else {
          next = edits.next();
          latest = more.value;
          lastAt = clock();
        }
      }
      yield latest;
    }
  } finally {
    // Not waited for: it ends only when the source has its next edit, or its signal is aborted.
    next.catch(() => undefined);
    edits.return?.().catch(() => undefined);
  }
}

/** Longer than the pause between two flips, and short enough for an edit to take effect within a second. */
const quietMilliseconds = 250;

/** How long edits may go on until one of them is passed on in between. */
const restlessMilliseconds = 5000;

/** What the promise brings within the time; `undefined` when the time is over first. */
function within<T>(milliseconds: number, promise: Promise<T>, { timers }: SettleTools): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = timers.after(Math.max(0, milliseconds), () => resolve(undefined));
    promise.finally(cancel).then(resolve, reject);
  });
}
