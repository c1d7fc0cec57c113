import type { ConnectionOptions } from 'node:tls';

import type { Cluster, ClusterNode, RedisOptions } from 'ioredis';

import type { RedisTarget } from '../../domain/redis-url.ts';

/** Certificates for `rediss…`, PEM text; absent parts are the system's. */
export type RedisTls = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;

export type RedisTimeouts = {
  /** How long one answer may take. */
  readonly commandMilliseconds: number;
};

export type RedisClientOptions =
  | { readonly kind: 'redis'; readonly options: Omit<RedisOptions, 'replyMapping'> }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly ClusterNode[];
      readonly options: NonNullable<ConstructorParameters<typeof Cluster>[1]>;
    };

/**
 * Options of ioredis for clients that ask, wait a moment, and then say no.
 *
 * - Nothing is queued while there is no connection, and nothing is sent twice: a write that somebody has given up on must not
 *   happen later, after a newer one of another process.
 * - `socketTimeout` counts only while an answer is due: it ends connections whose other side is gone without a word.
 */
export function redisClientOptions(
  target: RedisTarget,
  timeouts: RedisTimeouts,
  connectionName: string,
  tls: RedisTls = {},
): RedisClientOptions {
  const { commandMilliseconds } = timeouts;
  const shared = {
    connectionName,
    commandTimeout: commandMilliseconds,
    connectTimeout: commandMilliseconds,
    socketTimeout: commandMilliseconds + 500,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // What a process asks for in one turn of its event loop goes out in one write.
    enableAutoPipelining: true,
    reconnectOnError: isReadOnlyReplica,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password.reveal() }),
    ...(target.tls ? { tls } : {}),
  } satisfies RedisOptions;
  const single = { ...shared, enableOfflineQueue: false, retryStrategy: reconnectAfterMilliseconds };

  switch (target.kind) {
    case 'single':
      return { kind: 'redis', options: { ...single, ...target.address, db: target.database } };
    case 'sentinel':
      return {
        kind: 'redis',
        options: {
          ...single,
          sentinels: [...target.sentinels],
          name: target.masterName,
          db: target.database,
          sentinelRetryStrategy: reconnectAfterMilliseconds,
          sentinelCommandTimeout: commandMilliseconds,
          ...(target.sentinelUsername === undefined ? {} : { sentinelUsername: target.sentinelUsername }),
          ...(target.sentinelPassword === undefined ? {} : { sentinelPassword: target.sentinelPassword.reveal() }),
          ...(target.tls ? { sentinelTLS: tls, enableTLSForSentinelMode: true } : {}),
        },
      };
    case 'cluster':
      return {
        kind: 'cluster',
        nodes: target.nodes.map((node) => ({ ...node })),
        options: {
          redisOptions: shared,
          enableOfflineQueue: false,
          clusterRetryStrategy: reconnectAfterMilliseconds,
          slotsRefreshTimeout: commandMilliseconds,
        },
      };
  }
}

/** 50 ms, doubled with each attempt up to 3 s: soon enough for a restart, slow enough for an outage. */
function reconnectAfterMilliseconds(attempt: number): number {
  return Math.min(3_000, 50 * 2 ** Math.min(attempt - 1, 6));
}

/** After a fail-over the old master answers `READONLY`: connecting anew finds the new one. */
function isReadOnlyReplica(error: Error): boolean {
  return error.message.startsWith('READONLY');
}
