import { failureCatalog, type FailureCode } from './failure-catalog.ts';

/**
 * What the caller does next.
 *
 * - `retry`: try again with back-off, soon; the cause passes by itself.
 * - `retry-after`: somebody named the wait; not before.
 * - `read-again`: what we planned on is stale; read the current state and plan anew, at once.
 * - `retry-slowly`: only a person can mend it; look again every few minutes, because they may have.
 * - `give-up`: repeating the same input gives the same answer.
 */
export type Reaction =
  | { readonly kind: 'retry' }
  | { readonly kind: 'retry-after'; readonly seconds: number }
  | { readonly kind: 'read-again' }
  | { readonly kind: 'retry-slowly' }
  | { readonly kind: 'give-up' };

/** An expected failure: its code says how to react, its hint tells a person what to do. The message never holds a secret. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly reaction: Reaction;
  readonly hint: string;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Failure';
    this.code = code;
    this.reaction =
      details.retryAfterSeconds === undefined
        ? { kind: failureCatalog[code].reaction }
        : { kind: 'retry-after', seconds: details.retryAfterSeconds };
    this.hint = details.hint ?? failureCatalog[code].hint;
  }
}

type FailureDetails = {
  readonly cause?: unknown;
  /** Set when the other side named the wait, in seconds; wins over the catalog's reaction. */
  readonly retryAfterSeconds?: number;
  /** Set when more is known than the catalog's hint says. */
  readonly hint?: string;
};

/** Any thrown value as a Failure; what nobody expected becomes `unexpected`. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure('unexpected', message, { cause: thrown });
}
