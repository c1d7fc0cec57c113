import { randomUUID } from 'node:crypto';

import type { ConfigurationInForce } from '../../domain/configuration/configuration.ts';
import type { Failure } from '../../domain/failure.ts';
import type { ConfigurationStore } from '../../ports/stores.ts';
import { decodeConfiguration, encodeConfiguration } from './codec.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { createSealedValues } from './sealed-values.ts';
import type { KeyRing, SealedPlace } from './sealing.ts';

/**
 * The configuration in force, sealed under one key. One that cannot be read is reported and counts as absent: the watcher writes
 * it anew. It is read for each of 10,000 namespaces, so each process keeps it, and asks only for its version.
 */
export function createRedisConfigurationStore(
  connection: RedisConnection,
  keys: RedisKeys,
  keyRing: KeyRing,
  report: (failure: Failure) => void,
): ConfigurationStore {
  const place = { purpose: 'configuration', name: keys.configuration } satisfies SealedPlace;
  const values = createSealedValues({ keyRing, encode: encodeConfiguration, decode: decodeConfiguration, report });
  let kept: { readonly version: string; readonly inForce: ConfigurationInForce | undefined } | undefined;
  return {
    async read() {
      const version = await connection.get('reading the configuration', keys.configurationVersion);
      if (version !== null && kept?.version === version) return kept.inForce;
      // Both at once: the one that is kept is never older than its version.
      const [current = null, sealed = null] = await connection.run('reading the configuration', (redis) =>
        redis.mget(keys.configurationVersion, keys.configuration),
      );
      const inForce = sealed === null ? undefined : values.open(place, sealed);
      kept = current === null ? undefined : { version: current, inForce };
      return inForce;
    },
    async write(inForce) {
      const sealed = values.seal(place, inForce);
      await connection.run('keeping the configuration', (redis) =>
        redis.mset(keys.configuration, sealed, keys.configurationVersion, randomUUID()),
      );
    },
  };
}
