import { toFailure } from '../../domain/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import { createBoundedMap } from './bounded-map.ts';

/** Domains of instances, remembered so that a renewal costs one call. */
export type DomainMemory = {
  /** The domains kept under `key` when they are fresh, else what `list` says. Throws what `list` throws when nothing is known. */
  recall(key: string, list: () => Promise<readonly string[]>): Promise<readonly string[]>;
};

/** An empty memory of at most 1,000 instances, each good for an hour. Older domains serve on while they cannot be listed anew. */
export function createDomainMemory(clock: Clock): DomainMemory {
  const known = createBoundedMap<{ readonly domains: readonly string[]; readonly freshUntil: number }>(1000);
  return {
    recall: async (key, list) => {
      const remembered = known.get(key);
      if (remembered !== undefined && remembered.freshUntil > clock()) return remembered.domains;
      try {
        const domains = await list();
        known.set(key, { domains, freshUntil: clock() + freshMilliseconds });
        return domains;
      } catch (thrown) {
        // The session has to be replaced by the caller; everything else must not cost a token that can be had.
        if (remembered === undefined || toFailure(thrown).code === 'cloud-session-invalid') throw thrown;
        return remembered.domains;
      }
    },
  };
}

const freshMilliseconds = 3600 * 1000;
