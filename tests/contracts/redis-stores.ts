import { randomBytes } from 'node:crypto';

import { createRedisConfigurationStore } from '../../common/adapters/redis/configuration-store.ts';
import { createRedisCredentialStore } from '../../common/adapters/redis/credential-store.ts';
import { createRedisObservationStore } from '../../common/adapters/redis/observation-store.ts';
import { connectRedis, type RedisConnection } from '../../common/adapters/redis/redis-connection.ts';
import { redisKeys } from '../../common/adapters/redis/redis-keys.ts';
import { parseKeyRing } from '../../common/adapters/redis/sealing.ts';
import type { Failure } from '../../common/domain/failure.ts';
import { parseRedisUrl } from '../../common/domain/redis-url.ts';
import type { Stores } from './stores.contract.ts';

/** The stores of one process, with what it reported. */
export type RedisStores = Stores & {
  readonly connection: RedisConnection;
  readonly reported: Failure[];
  /** `lost` and `restored`, in order. */
  readonly connectionStates: string[];
};

export function openRedisStores(
  url: string,
  keyFile: string,
  options: { readonly commandMilliseconds?: number } = {},
): RedisStores {
  const reported: Failure[] = [];
  const connectionStates: string[] = [];
  const connection = connectRedis(parseRedisUrl(url), {
    connectionName: 'stores-under-test',
    onConnection: (state) => connectionStates.push(state),
    ...options,
  });
  const keys = redisKeys();
  const keyRing = parseKeyRing(keyFile);
  const report = (failure: Failure): void => void reported.push(failure);
  return {
    connection,
    reported,
    connectionStates,
    configurations: createRedisConfigurationStore(connection, keys, keyRing, report),
    observations: createRedisObservationStore(connection, keys, report),
    credentials: createRedisCredentialStore(connection, keys, keyRing, report),
  };
}

export function newSealKey(): string {
  return randomBytes(32).toString('base64');
}
