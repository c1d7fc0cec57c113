import type { RepairHistory } from '../../domain/pods/repair-history.ts';
import type { RepairMemory } from '../../ports/memories.ts';

/** The last evictions of hung pods, for as long as the process lives. Whoever claims one keeps it small. */
export function createMemoryRepairMemory(): RepairMemory {
  let known: RepairHistory = [];
  return {
    read: () => Promise.resolve(known),
    async change(plan) {
      const { history, answer } = plan(known);
      known = history;
      return answer;
    },
  };
}
