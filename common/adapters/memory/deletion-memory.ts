import { isNewer } from '../../domain/namespaces/observation.ts';

/** Versions at which objects were deleted, so that late news of them can be told from a new object of the same name. */
export type DeletionMemory = {
  /** Keeps the newest version of the key. */
  add(key: string, resourceVersion: string): void;
  versionOf(key: string): string | undefined;
};

/**
 * Remembers the last `limit` deletions. Late news lags by a request that is in flight, so the bound is far more than what can be
 * deleted meanwhile; it only keeps a cluster that deletes for years from growing this one.
 */
export function createDeletionMemory(limit = 16_384): DeletionMemory {
  /** Oldest first: a Map keeps the order of insertion. */
  const versions = new Map<string, string>();
  return {
    add(key, resourceVersion) {
      const before = versions.get(key);
      if (before !== undefined && !isNewer(resourceVersion, before)) return;
      versions.delete(key);
      versions.set(key, resourceVersion);
      if (versions.size <= limit) return;
      for (const oldest of versions.keys()) {
        versions.delete(oldest);
        break;
      }
    },
    versionOf: (key) => versions.get(key),
  };
}
