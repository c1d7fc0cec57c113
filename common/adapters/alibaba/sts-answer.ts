import { SecretText } from '../../domain/secret-text.ts';
import { answerInvalid } from './cloud-answer.ts';
import type { CloudAnswer, CloudCall } from './cloud-call.ts';
import type { Session } from './session.ts';

/** Longest session of any role, seconds, and an hour for clocks. Source: STS AssumeRole, MaxSessionDuration. */
const longestSessionSeconds = 43200 + 3600;

/** The session in an answer of `AssumeRole` or `AssumeRoleWithOIDC`. `now`: the cloud's time. Throws `cloud-answer-invalid`. */
export function readStsSession(call: CloudCall, answer: CloudAnswer, now: number): Session {
  const credentials = answer['Credentials'];
  if (typeof credentials !== 'object' || credentials === null) throw answerInvalid(call, 'has no Credentials');
  const fields = credentials as CloudAnswer;
  const text = (name: string): string => {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') return value;
    throw answerInvalid(call, `has no Credentials.${name}`);
  };
  const expiration = text('Expiration');
  const expiresAt = Date.parse(expiration);
  if (Number.isNaN(expiresAt) || expiresAt <= now || expiresAt > now + longestSessionSeconds * 1000) {
    const shown = /^[\w:.+-]{1,40}$/.test(expiration) ? expiration : 'unreadable';
    throw answerInvalid(call, `has Credentials.Expiration ${shown}, which is not a time within the next 13 hours`);
  }
  return {
    accessKeyId: text('AccessKeyId'),
    accessKeySecret: new SecretText(text('AccessKeySecret')),
    securityToken: new SecretText(text('SecurityToken')),
    expiresAt,
  };
}
