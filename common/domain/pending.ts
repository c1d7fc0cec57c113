import type { CredentialRecord } from './credential.ts';

/** How long a write waits for a fetch that was asked for, so that several registries cost one write. */
export const pendingSeconds = 2;

/**
 * Until when it is worth waiting for the source, in ms since the epoch; absent when its last request was answered or takes too
 * long, and for a source that failed the last time: nobody waits for an account that hangs.
 */
export function pendingUntil(record: CredentialRecord, now: number): number | undefined {
  const until = record.requestedAt + pendingSeconds * 1000;
  const isUnanswered = record.failure === undefined && record.requestedAt > (record.credential?.issuedAt ?? 0);
  return isUnanswered && until > now ? until : undefined;
}
