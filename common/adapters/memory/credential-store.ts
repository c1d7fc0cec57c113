import type { CredentialRecord } from '../../domain/credentials/credential.ts';
import type { CredentialReader, CredentialStore, FetchOutcome } from '../../ports/stores.ts';

/** Credentials, kept for as long as the process lives. Grows with the sources of the configuration: `retain` bounds it. */
export function createMemoryCredentialStore(): CredentialStore {
  const outcomes = new Map<string, FetchOutcome>();
  const requests = new Map<string, number>();
  const staleness = new Map<string, number>();
  let restored = false;
  const reader: CredentialReader = {
    read(sourceIds) {
      const found = new Map<string, CredentialRecord>();
      for (const sourceId of sourceIds) {
        const outcome = outcomes.get(sourceId);
        const requestedAt = requests.get(sourceId);
        if (outcome === undefined && requestedAt === undefined) continue;
        const staleAt = staleness.get(sourceId);
        found.set(sourceId, {
          ...outcome,
          sourceId,
          requestedAt: requestedAt ?? 0,
          ...(staleAt === undefined ? {} : { staleAt }),
        });
      }
      return Promise.resolve(found);
    },
  };
  return {
    ...reader,
    latest: () => Promise.resolve(reader),
    markRequested(sourceIds, at) {
      for (const sourceId of sourceIds) requests.set(sourceId, at);
      return Promise.resolve();
    },
    write(outcome) {
      outcomes.set(outcome.sourceId, outcome);
      return Promise.resolve();
    },
    markStale(sourceIds, at) {
      for (const sourceId of sourceIds) staleness.set(sourceId, at);
      return Promise.resolve();
    },
    markRestored() {
      restored = true;
      return Promise.resolve();
    },
    isRestored: () => Promise.resolve(restored),
    retain(sourceIds) {
      for (const sources of [outcomes, requests, staleness]) {
        for (const sourceId of sources.keys()) {
          if (!sourceIds.has(sourceId)) sources.delete(sourceId);
        }
      }
      return Promise.resolve();
    },
  };
}
