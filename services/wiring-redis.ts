import { hkdfSync } from 'node:crypto';
import { createRedisConfigurationStore } from '../common/adapters/redis/configuration-store.ts';
import { createRedisCredentialStore } from '../common/adapters/redis/credential-store.ts';
import { createRedisFightMemory } from '../common/adapters/redis/fight-memory.ts';
import { createRedisObservationStore } from '../common/adapters/redis/observation-store.ts';
import { createRedisPoolBudget } from '../common/adapters/redis/pool-budget.ts';
import { createRedisRepairMemory } from '../common/adapters/redis/repair-memory.ts';
import { createRedisRequestBudget } from '../common/adapters/redis/request-budget.ts';
import { connectRedis } from '../common/adapters/redis/redis-connection.ts';
import { removeKeys } from '../common/adapters/redis/remove-keys.ts';
import { redisKeys } from '../common/adapters/redis/redis-keys.ts';
import { parseKeyRing } from '../common/adapters/redis/sealing.ts';
import { createRedisSweepTurns } from '../common/adapters/redis/sweep-turns.ts';
import type { Failure } from '../common/domain/failure.ts';
import type { Report } from '../common/domain/happening.ts';
import type { Tracer } from '../common/domain/tracing/tracer.ts';
import { parseRedisUrl, type RedisTarget } from '../common/domain/redis-url.ts';
import type { Shutdown } from '../common/runtime/shutdown.ts';
import type { BusObserver } from '../queues/bus.ts';
import { openRedisBus } from '../queues/redis-bus.ts';
import type { Stores } from './world.ts';

export type RedisOptions = {
  readonly redisUrl: string;
  /** In front of every key; absent: that of all helpers. */
  readonly prefix: string | undefined;
  /** Text of the seal-key file. */
  readonly sealKeys: string | undefined;
  /** `--kube-qps`. */
  readonly kubeRequestsPerSecond: number | undefined;
  readonly observer: BusObserver;
  readonly tracer: Tracer;
  readonly report: Report;
  readonly shutdown: Shutdown;
};

/** Bus and stores over one Redis. */
export async function openRedisStores(options: RedisOptions): Promise<Stores> {
  const { redisUrl, prefix, sealKeys, kubeRequestsPerSecond: perSecond, observer, tracer, report, shutdown } = options;
  const target = parseRedisUrl(redisUrl);
  const keyRing = parseKeyRing(sealKeys ?? keyFromPassword(target));
  const connection = connectRedis(target, {
    connectionName: 'acr-credential-helper',
    onConnection: (state, problem) => report({ kind: state === 'lost' ? 'store-lost' : 'store-restored', problem }),
  });
  const bus = await openRedisBus({ target, prefix, observer, tracer }).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  shutdown.add('stores', () => connection.close());
  if (sealKeys === undefined) report({ kind: 'seal-key-missing', hasPassword: target.password !== undefined });
  const keys = redisKeys(prefix);
  const unreadable = (failure: Failure): void =>
    report({ kind: 'message-failed', message: 'store', key: 'sealed', failure });
  return {
    bus,
    queueViewer: bus.viewer,
    configurations: createRedisConfigurationStore(connection, keys, keyRing, unreadable),
    observations: createRedisObservationStore(connection, keys, unreadable),
    credentials: createRedisCredentialStore(connection, keys, keyRing, unreadable),
    budget: createRedisPoolBudget(connection, keys, { random: Math.random }),
    fights: createRedisFightMemory(connection, keys),
    sweepTurns: createRedisSweepTurns(connection, keys),
    repairs: createRedisRepairMemory(connection, keys),
    requestBudget: perSecond === undefined ? undefined : createRedisRequestBudget(connection, keys, { perSecond }),
  };
}

/** Removes every key with the prefix: what a demo leaves behind. Throws `redis-unreachable`. */
export async function emptyRedis(redisUrl: string, prefix: string): Promise<void> {
  const connection = connectRedis(parseRedisUrl(redisUrl), { connectionName: 'acr-credential-helper' });
  try {
    await removeKeys(connection, prefix);
  } finally {
    await connection.close();
  }
}

/**
 * Without a key file every process finds the same key in what all of them know: the password of the Redis. That keeps credentials
 * out of dumps and queue browsers, not from somebody who knows the password, and so it is warned about.
 */
function keyFromPassword(target: RedisTarget): string {
  return Buffer.from(
    hkdfSync('sha256', target.password?.reveal() ?? '', 'acr-credential-helper', 'seal-key', 32),
  ).toString('base64');
}
