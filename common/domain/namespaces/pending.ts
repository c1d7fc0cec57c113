import type { CredentialRecord } from '../credentials/credential.ts';

/** How long a write waits for a fetch that was asked for, so that several registries cost one write. */
export const pendingSeconds = 2;

/**
 * Until when it is worth waiting for the source, in ms since the epoch; absent when its last request was answered or takes too
 * long, and for a source that failed the last time: nobody waits for an account that hangs.
 */
export function pendingUntil(record: CredentialRecord, now: number): number | undefined {
  const until = record.requestedAt + pendingSeconds * 1000;
  // A request that lies far ahead was noted by a clock that went wrong, before the cloud's time was known.
  const isAhead = record.requestedAt > now + pendingSeconds * 1000;
  return record.failure === undefined && isUnanswered(record) && until > now && !isAhead ? until : undefined;
}

/** Whether a fetch was asked for after the last answer. */
export function isUnanswered({ requestedAt, credential, failure }: CredentialRecord): boolean {
  return requestedAt > Math.max(credential?.issuedAt ?? 0, failure?.at ?? 0);
}

/** After so long an unanswered request counts as lost, and is made again. */
export const askAgainSeconds = 30;
