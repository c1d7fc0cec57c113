import type { CredentialStore } from '../../common/ports/stores.ts';

/** One fetch of a source that succeeded; moments are ms since the epoch. */
export type Renewal = { readonly askedAt: number; readonly storedAt: number };

/** A credential store that notes how long each source waits from the moment it is asked for. */
export type RenewalLog = {
  readonly credentials: CredentialStore;
  /** Of one source, in their order. */
  of(sourceId: string): readonly Renewal[];
};

export function logRenewals(credentials: CredentialStore): RenewalLog {
  const asked = new Map<string, number>();
  const renewals = new Map<string, Renewal[]>();
  return {
    credentials: {
      ...credentials,
      markRequested: async (sourceIds, at) => {
        for (const id of sourceIds) if (!asked.has(id)) asked.set(id, at);
        await credentials.markRequested(sourceIds, at);
      },
      write: async (outcome) => {
        await credentials.write(outcome);
        const askedAt = asked.get(outcome.sourceId);
        if (askedAt === undefined || outcome.failure !== undefined) return;
        asked.delete(outcome.sourceId);
        const before = renewals.get(outcome.sourceId) ?? [];
        renewals.set(outcome.sourceId, [...before, { askedAt, storedAt: Date.now() }]);
      },
    },
    of: (sourceId) => renewals.get(sourceId) ?? [],
  };
}
