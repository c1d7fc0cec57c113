import { Failure } from './failure.ts';

/** Whatever a Redis client threw, as `redis-unreachable`; `what` begins the message. */
export function toRedisFailure(what: string, error: unknown): Failure {
  const problem = describeRedisError(error);
  const hint = hintFor(problem);
  // Errors of ioredis carry the command with its arguments: with AUTH that is the password. So no `cause`.
  return new Failure('redis-unreachable', `${what}: ${problem}`, hint === undefined ? {} : { hint });
}

/** The message of an error of Redis, ioredis or BullMQ, without what the server echoes of our commands. */
export function describeRedisError(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map((inner) => describeRedisError(inner)).join('; ');
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  if (/enableOfflineQueue|maxRetriesPerRequest/.test(message)) return 'the connection was closed';
  if (message.startsWith('Unknown RESP type')) return 'what answers there is not a Redis';
  // A server that does not know HELLO or AUTH answers with the arguments, and so with the password.
  return message.replace(/,? ?with args beginning with.*$/s, '').slice(0, 300);
}

function hintFor(problem: string): string | undefined {
  return hints.find(([pattern]) => pattern.test(problem))?.[1];
}

/** The first that fits counts. Sources: error replies of Redis 7, messages of ioredis 6. */
const hints: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    /\b(NOAUTH|WRONGPASS|invalid password|without any password configured)\b/,
    'check the user and password in --redis-url',
  ],
  [/\bNOPERM\b/, 'let the ACL user run every command of this key space: ~{acr}:* and +@all'],
  [/\bOOM\b/, 'Redis is out of memory: raise maxmemory'],
  [
    /\bREADONLY\b/,
    'this Redis is a replica, which takes no writes: name its primary in --redis-url, or all Sentinels as redis-sentinel://host,host/master-name',
  ],
  [/\bunknown command '?sentinel\b/i, 'this is a Redis, not one of its Sentinels: write redis://host:port'],
  [/\bcluster support disabled\b/, 'this Redis is not a Cluster: write redis://host:port'],
  [
    /slots cache|startup nodes/,
    'none of the nodes answers as those of a Redis Cluster do: check their addresses; a single Redis is redis://host:port',
  ],
  [/\b(CROSSSLOT|MOVED)\b/, 'this Redis is a Cluster: write redis-cluster://host:port'],
  [
    /\bECONNRESET\b/,
    'the other side cut the connection: look at the log of Redis; if it speaks TLS there, write rediss://',
  ],
  [/\bDB index is out of range\b/, 'name a database in --redis-url that this Redis has, or none'],
  [
    /\bunknown command `?(hello|auth)\b/i,
    'this server knows no passwords as Redis 6 and later do: check what listens at that address',
  ],
  [
    /\bcertificate|self.signed|altnames\b/i,
    'this Redis shows a certificate that is not trusted here: NODE_EXTRA_CA_CERTS names a file with its authority',
  ],
];
