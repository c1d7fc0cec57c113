import type { Failure } from '../../../domain/failure.ts';
import type { WatchObserver } from '../watching/watch-tools.ts';

/** Tells the observer about a run of failures once at its beginning and once at its end. */
export type Outage = {
  /** Counts a failure; answers how many there were in a row. */
  failed(failure: Failure): number;
  /** Counts an end without a failure that brought nothing, which is told to nobody. */
  idle(): number;
  healthy(): void;
  /** What the observer was told last, as long as it lasts. */
  current(): Failure | undefined;
};

/** One for each watch of a `resource` (plural). */
export function createOutage(resource: string, observer: WatchObserver): Outage {
  let attempts = 0;
  let told: Failure | undefined;
  return {
    failed(failure) {
      // A watch that fell behind once is part of normal life.
      const normal = failure.code === 'kubernetes-expired' && attempts === 0;
      if (told === undefined && !normal) {
        told = failure;
        observer.problem?.(resource, failure);
      }
      return ++attempts;
    },
    idle: () => ++attempts,
    healthy() {
      attempts = 0;
      if (told !== undefined) observer.recovered?.(resource, told);
      told = undefined;
    },
    current: () => told,
  };
}
