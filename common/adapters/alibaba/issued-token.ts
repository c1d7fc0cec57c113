import type { Failure } from '../../domain/failure.ts';
import { SecretText } from '../../domain/secret-text.ts';
import { answerInvalid } from './cloud-answer.ts';
import type { CloudCall } from './cloud-call.ts';

/** A registry login as the cloud gave it. `expiresAt`: ms since the epoch, by the cloud's clock. */
export type IssuedToken = { readonly username: string; readonly password: SecretText; readonly expiresAt: number };

/** The three fields of an answer that make a token, with the names that the API gives them. */
export type TokenFields = {
  readonly username: Field;
  readonly password: Field;
  readonly expiresAt: Field;
};

type Field = { readonly name: string; readonly value: unknown };

/**
 * Checks the fields. Nothing is assumed: without a token, or with an expiry that is past or more than 25 hours ahead (no token lives
 * longer than 24), the answer is not believed. Throws `Failure` `cloud-answer-invalid` with the value.
 */
export function readIssuedToken(call: CloudCall, fields: TokenFields, now: number): IssuedToken {
  return {
    username: requiredText(call, fields.username),
    password: new SecretText(requiredText(call, fields.password)),
    expiresAt: readExpiry(call, fields.expiresAt, now),
  };
}

const longestLifeMilliseconds = 25 * 3600 * 1000;
/** The largest instant that a Date can hold. */
const endOfTime = 8.64e15;

function requiredText(call: CloudCall, { name, value }: Field): string {
  if (typeof value === 'string' && value !== '') return value;
  throw answerInvalid(call, `has no ${name}`);
}

function readExpiry(call: CloudCall, { name, value }: Field, now: number): number {
  if (value === undefined || value === null) throw answerInvalid(call, `has no ${name}`);
  const expiresAt = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof expiresAt !== 'number' || !Number.isFinite(expiresAt) || Math.abs(expiresAt) > endOfTime) {
    throw answerInvalid(call, `has ${name} ${JSON.stringify(value).slice(0, 40)}, which is no time`);
  }
  if (expiresAt <= now) throw notBelievable(call, name, expiresAt, now, 'is past');
  if (expiresAt > now + longestLifeMilliseconds)
    throw notBelievable(call, name, expiresAt, now, 'is more than 25 hours ahead');
  return expiresAt;
}

function notBelievable(call: CloudCall, name: string, expiresAt: number, now: number, why: string): Failure {
  const time = new Date(expiresAt).toISOString();
  return answerInvalid(call, `has ${name} ${expiresAt} (${time}), which ${why} (now ${new Date(now).toISOString()})`);
}
