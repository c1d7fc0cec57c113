import { toFailure } from '../../common/domain/failure.ts';

export type RemovalSteps<T> = {
  readonly write: (seen: T) => Promise<unknown>;
  /** The object as it is now; `undefined`: it is gone, or no longer ours. */
  readonly read: () => Promise<T | undefined>;
};

/** Waits so many seconds. */
export type Pause = (seconds: number) => Promise<void>;

/**
 * Carries one removal out: again with what is there now where somebody else was faster, and again after a while where the cause
 * passes by itself. What is gone, or goes with its namespace, is done. Throws the last `Failure`.
 */
export async function removeObject<T>(pause: Pause, seen: T, { write, read }: RemovalSteps<T>): Promise<void> {
  let current: T | undefined = seen;
  for (let conflicts = 0; current !== undefined; conflicts++) {
    try {
      const object: T = current;
      await patiently(pause, () => write(object));
      return;
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'kubernetes-not-found' || failure.code === 'kubernetes-namespace-terminating') return;
      if (failure.code !== 'kubernetes-conflict' || conflicts === maxAttempts) throw failure;
      current = await patiently(pause, read);
    }
  }
}

/** Again, a few times, where the cause passes by itself. Throws the last `Failure`. */
export async function patiently<T>(pause: Pause, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const failure = toFailure(error);
      if (attempt === maxAttempts) throw failure;
      if (failure.reaction.kind === 'retry') await pause(attempt / 2);
      else if (failure.reaction.kind === 'retry-after') await pause(Math.min(failure.reaction.seconds, 60));
      else throw failure;
    }
  }
}

const maxAttempts = 8;
