import type { FailureCode } from '../failure-catalog.ts';
import type { SecretText } from '../secret-text.ts';

/**
 * What one source gave us. Times are ms since the epoch. For a mirrored docker config `password` is its text, `username` is empty,
 * and it expires never.
 */
export type Credential = {
  readonly sourceId: string;
  readonly username: string;
  readonly password: SecretText;
  /** Registry hosts that the source named; empty when they were not asked for. */
  readonly discoveredDomains: readonly string[];
  readonly issuedAt: number;
  /** As the API returned it: never an assumed lifetime. */
  readonly expiresAt: number;
};

/** How the last attempts to fetch a credential went. Times are ms since the epoch. */
export type FetchFailure = {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
  readonly at: number;
  /** Attempts since the last success. */
  readonly attempts: number;
  readonly nextAttemptAt: number;
};

/** Everything the credential store knows about one source. */
export type CredentialRecord = {
  readonly sourceId: string;
  /** When it was last asked for, ms since the epoch; 0 if never. */
  readonly requestedAt: number;
  /** When what it has became outdated before its expiry, ms since the epoch; absent if it did not. */
  readonly staleAt?: number | undefined;
  readonly credential?: Credential | undefined;
  readonly failure?: FetchFailure | undefined;
};

/** A credential that can still be used at `now`. */
export function isUsable(credential: Credential | undefined, now: number): credential is Credential {
  return credential !== undefined && credential.expiresAt > now;
}

/** The expiry of what expires never, as far as RFC 3339 goes. */
export const neverExpires = Date.UTC(9999, 11, 31);
