import type { SecretText } from '../../domain/secret-text.ts';

/** What a call is signed with: a long-lived key pair, or a temporary session of a role. */
export type Session = {
  readonly accessKeyId: string;
  readonly accessKeySecret: SecretText;
  /** Present exactly for temporary sessions. */
  readonly securityToken?: SecretText | undefined;
  /** End of the session by the cloud's clock, ms since the epoch; absent for a key pair. */
  readonly expiresAt?: number | undefined;
};

/** Gives a session that is good now. Throws `Failure`. */
export type SessionProvider = (signal: AbortSignal) => Promise<Session>;
