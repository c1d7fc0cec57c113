import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { ConnectionOptions as TlsOptions } from 'node:tls';

import { Failure } from '../common/domain/failure.ts';
import { describeRedisError, toRedisFailure } from '../common/domain/redis-failure.ts';
import { describeRedisTarget, type RedisTarget } from '../common/domain/redis-url.ts';
import type { BusObserver } from './bus.ts';
import { endClient } from './end-client.ts';
import { watchConnections } from './watch-connections.ts';

export type RedisClient = Redis | Cluster;

/** The connections of one process, whatever number of queues it has; BullMQ adds one to each worker, which it blocks on. */
export type RedisConnections = {
  /** Fails fast: whoever publishes knows how to try again. */
  readonly publisher: RedisClient;
  /** Waits for ever: a worker has nothing else to do. */
  readonly worker: RedisClient;
  readonly close: () => void;
};

export type ConnectionSettings = {
  readonly target: RedisTarget;
  /** Besides what the URL says by `rediss`: an authority, a client certificate, a server name. */
  readonly tls?: Pick<TlsOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** How long to wait for the first connection, in seconds. */
  readonly connectSeconds?: number;
};

/**
 * Connects to Redis, and tells the observer once about each outage from then on.
 * Throws `redis-unreachable` when there is no connection in time; nothing stays open then.
 */
export async function openRedisConnections(
  settings: ConnectionSettings,
  observe: BusObserver['connection'] = () => {},
): Promise<RedisConnections> {
  const publisher = createClient(settings, { enableOfflineQueue: false, maxRetriesPerRequest: 0, socketTimeout: 5000 });
  // Longer than the ten seconds that BullMQ blocks at most: else an idle worker looks like a dead connection.
  const worker = createClient(settings, {
    enableOfflineQueue: true,
    maxRetriesPerRequest: null,
    socketTimeout: 20_000,
  });
  const clients = [publisher, worker];
  const close = (): void => {
    for (const client of clients) endClient(client);
  };
  const lastProblem = rememberProblem(clients);
  try {
    await Promise.all(clients.map((client) => untilReady(client, settings.connectSeconds ?? 5)));
  } catch {
    close();
    throw toRedisFailure(
      `no connection to ${describeRedisTarget(settings.target)}`,
      lastProblem() ?? silence(settings),
    );
  }
  const stopWatching = watchConnections(clients, observe);
  return {
    publisher,
    worker,
    close: () => {
      stopWatching();
      close();
    },
  };
}

/** Resolves when commands can be sent; rejects with `redis-unreachable` after so many seconds. */
export async function untilReady(client: RedisClient, seconds: number): Promise<void> {
  if (client.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    const ready = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      client.off('ready', ready);
      reject(new Failure('redis-unreachable', `there was no connection to Redis for ${String(seconds)} s`));
    }, seconds * 1000);
    client.once('ready', ready);
  });
}

/** What the two connections differ in. */
type Manners = Required<Pick<RedisOptions, 'enableOfflineQueue' | 'socketTimeout'>> & {
  readonly maxRetriesPerRequest: number | null;
};

function createClient({ target, tls }: ConnectionSettings, manners: Manners): RedisClient {
  const { enableOfflineQueue, ...patience } = manners;
  const access = {
    ...patience,
    connectTimeout: 5000,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password.reveal() }),
    ...(target.tls ? { tls: { ...tls } } : {}),
  };
  switch (target.kind) {
    case 'single':
      return new Redis({
        ...target.address,
        db: target.database,
        ...access,
        enableOfflineQueue,
        retryStrategy: reconnectDelayMs,
      });
    case 'sentinel':
      return new Redis({
        sentinels: target.sentinels.map((address) => ({ ...address })),
        name: target.masterName,
        db: target.database,
        ...access,
        enableOfflineQueue,
        retryStrategy: reconnectDelayMs,
        sentinelRetryStrategy: reconnectDelayMs,
        ...(target.sentinelUsername === undefined ? {} : { sentinelUsername: target.sentinelUsername }),
        ...(target.sentinelPassword === undefined ? {} : { sentinelPassword: target.sentinelPassword.reveal() }),
        ...(target.tls ? { sentinelTLS: { ...tls }, enableTLSForSentinelMode: true } : {}),
      });
    case 'cluster':
      return new Cluster(
        target.nodes.map((address) => ({ ...address })),
        // A certificate names hosts; a lookup of our own would ask for addresses.
        {
          redisOptions: access,
          enableOfflineQueue,
          clusterRetryStrategy: reconnectDelayMs,
          ...(target.tls ? { dnsLookup: keepName } : {}),
        },
      );
  }
}

/** 50 ms, doubling to 2 s, with up to half as much again: thousands of clients come back after the same outage. */
function reconnectDelayMs(times: number): number {
  const delay = Math.min(2000, 50 * 2 ** Math.min(times - 1, 6));
  return Math.round(delay * (1 + Math.random() / 2));
}

/** A port without TLS that is greeted in TLS waits for the rest of a command, and says nothing. */
function silence({ target }: ConnectionSettings): string {
  return target.tls ? 'it does not answer; does it speak TLS there, as rediss says?' : 'it does not answer';
}

function keepName(address: string, done: (error: null, address: string) => void): void {
  done(null, address);
}

/** The reason why a connection failed is told by an event; without a listener that event would end the process. */
function rememberProblem(clients: readonly RedisClient[]): () => string | undefined {
  let last: string | undefined;
  for (const client of clients) {
    client.on('error', (error: Error) => {
      last = describeRedisError(error);
    });
  }
  return () => last;
}
