import type { CredentialRecord } from '../../domain/credentials/credential.ts';

/** What was read of the credentials, for as long as their version stays. */
export type KeptRecords = {
  /** The records of the sources, without those that have none. Absent: something is not known at this version. */
  of(version: string | null, sourceIds: readonly string[]): Map<string, CredentialRecord> | undefined;
  /** Keeps what was read of these sources, at this version or a later one. */
  keep(version: string | null, sourceIds: readonly string[], found: ReadonlyMap<string, CredentialRecord>): void;
};

/** Keeps the records of one version, the newest that was read; of no version (`null`) it keeps nothing. */
export function createKeptRecords(): KeptRecords {
  let version: string | null = null;
  /** By source; `undefined`: it has no record. */
  let records = new Map<string, CredentialRecord | undefined>();
  return {
    of(asked, sourceIds) {
      if (asked === null || asked !== version) return undefined;
      const known = new Map<string, CredentialRecord>();
      for (const sourceId of sourceIds) {
        if (!records.has(sourceId)) return undefined;
        const record = records.get(sourceId);
        if (record !== undefined) known.set(sourceId, record);
      }
      return known;
    },
    keep(read, sourceIds, found) {
      if (read !== version || records.size + sourceIds.length > sourcesMax) records = new Map();
      version = read;
      for (const sourceId of sourceIds) records.set(sourceId, found.get(sourceId));
    },
  };
}

/** Far more registries than any cluster names. */
const sourcesMax = 4096;
