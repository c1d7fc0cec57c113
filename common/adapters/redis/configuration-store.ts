import type { Failure } from '../../domain/failure.ts';
import type { ConfigurationStore } from '../../ports.ts';
import { decodeConfiguration, encodeConfiguration } from './codec.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { createSealedValues } from './sealed-values.ts';
import type { KeyRing, SealedPlace } from './sealing.ts';

/**
 * The configuration in force, sealed under one key. One that cannot be read is reported and counts as absent: the watcher writes
 * it anew.
 */
export function createRedisConfigurationStore(
  connection: RedisConnection,
  keys: RedisKeys,
  keyRing: KeyRing,
  report: (failure: Failure) => void,
): ConfigurationStore {
  const place = { purpose: 'configuration', name: keys.configuration } satisfies SealedPlace;
  const values = createSealedValues({ keyRing, encode: encodeConfiguration, decode: decodeConfiguration, report });
  return {
    async read() {
      const sealed = await connection.run('reading the configuration', (redis) => redis.get(keys.configuration));
      return sealed === null ? undefined : values.open(place, sealed);
    },
    async write(inForce) {
      const sealed = values.seal(place, inForce);
      await connection.run('keeping the configuration', (redis) => redis.set(keys.configuration, sealed));
    },
  };
}
