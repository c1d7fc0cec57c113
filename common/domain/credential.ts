import type { FailureCode } from './failure-catalog.ts';
import type { SecretText } from './secret-text.ts';

/** What the cloud gave us for one source. Times are ms since the epoch. */
export type Credential = {
  readonly sourceId: string;
  readonly username: string;
  readonly password: SecretText;
  /** Registry hosts the cloud named for the source; empty when they were not asked for. */
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
  /** When somebody first wanted it, ms since the epoch. */
  readonly requestedAt: number;
  readonly credential?: Credential | undefined;
  readonly failure?: FetchFailure | undefined;
};

/** A credential that can still be used at `now`. */
export function isUsable(credential: Credential | undefined, now: number): credential is Credential {
  return credential !== undefined && credential.expiresAt > now;
}
