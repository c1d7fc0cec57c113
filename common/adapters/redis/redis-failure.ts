import { Failure } from '../../domain/failure.ts';

/** Whatever a Redis client threw, as `redis-unreachable`; `what` begins the message. */
export function toRedisFailure(what: string, error: unknown): Failure {
  const problem = describeRedisError(error);
  const hint = hintFor(problem);
  // Errors of ioredis carry the command with its arguments: with AUTH that is the password. So no `cause`.
  return new Failure('redis-unreachable', `${what}: ${problem}`, hint === undefined ? {} : { hint });
}

/** The message of an error of Redis or ioredis, without what the server echoes of our commands. */
export function describeRedisError(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((inner) => describeRedisError(inner)).join('; ');
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/enableOfflineQueue|maxRetriesPerRequest/.test(message)) return 'the connection was closed';
  // A server that does not know HELLO or AUTH answers with the arguments, and so with the password.
  return message.replace(/,? ?with args beginning with.*$/s, '').slice(0, 300);
}

function hintFor(problem: string): string | undefined {
  if (/\b(NOAUTH|WRONGPASS|invalid password)\b/.test(problem)) return 'check the user and password in --redis-url';
  if (/\bNOPERM\b/.test(problem)) return 'let the ACL user run every command of this key space: ~{acr}:* and +@all';
  if (/\bOOM\b/.test(problem)) return 'Redis is out of memory: raise maxmemory';
  return undefined;
}
