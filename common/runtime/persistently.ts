import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure, type Failure } from '../domain/failure.ts';

export type PersistentlyOptions = {
  readonly signal: AbortSignal;
  readonly firstSeconds?: number;
  readonly maxSeconds?: number;
  /** Called for each failure. */
  readonly onFailure?: (failure: Failure, retryInSeconds: number) => void;
  readonly random?: () => number;
};

/**
 * Does the work again, with full-jitter back-off, until it succeeds: for steps after which something would be lost for good.
 * Rejects when the signal is aborted, and for a failure that says `give-up`.
 */
export async function persistently<T>(work: () => Promise<T>, options: PersistentlyOptions): Promise<T> {
  const { signal, firstSeconds = 0.1, maxSeconds = 10, onFailure, random = Math.random } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const failure = toFailure(error);
      if (signal.aborted || failure.reaction.kind === 'give-up') throw failure;
      const ceiling = Math.min(maxSeconds, firstSeconds * 2 ** Math.min(attempt, 20));
      const seconds =
        failure.reaction.kind === 'retry-after'
          ? Math.min(failure.reaction.seconds, 60)
          : ceiling * (0.5 + random() / 2);
      onFailure?.(failure, seconds);
      await sleep(seconds * 1000, undefined, { signal });
    }
  }
}
