import type { NamespaceFights } from '../../domain/namespaces/fights.ts';
import type { FightMemory } from '../../ports/memories.ts';

/** Which objects had to be corrected lately, for as long as the process lives. Whoever settles keeps it small. */
export function createMemoryFightMemory(): FightMemory {
  const known = new Map<string, NamespaceFights>();
  return {
    read: (namespace) => Promise.resolve(known.get(namespace) ?? none),
    async change(namespace, plan) {
      const before = known.get(namespace) ?? none;
      const { fights, answer } = plan(before);
      if (fights.size === 0) known.delete(namespace);
      else known.set(namespace, fights);
      return answer;
    },
    namespaces: () => Promise.resolve([...known.keys()]),
  };
}

const none: NamespaceFights = new Map();
