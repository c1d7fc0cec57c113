import type { CredentialRecord } from './credential.ts';

/** How long a write waits for a fetch that was asked for, so that several registries cost one write. */
export const pendingSeconds = 2;

/**
 * Until when it is worth waiting for the source, in ms since the epoch; absent when its last request was answered, with a
 * credential or a failure, or takes too long.
 */
export function pendingUntil(record: CredentialRecord, now: number): number | undefined {
  const answeredAt = Math.max(record.credential?.issuedAt ?? 0, record.failure?.at ?? 0);
  const until = record.requestedAt + pendingSeconds * 1000;
  return record.requestedAt > answeredAt && until > now ? until : undefined;
}
