import type { SweepTurns } from '../../ports/memories.ts';

/** A single process has nobody to share the sweep with. */
export function createMemorySweepTurns(): SweepTurns {
  let turn = 0;
  return { next: () => Promise.resolve(turn++) };
}
