import type { CredentialRecord } from '../../domain/credentials/credential.ts';
import type { Failure } from '../../domain/failure.ts';
import type { CredentialStore } from '../../ports.ts';
import { decodeFetchOutcome, encodeFetchOutcome } from './codec.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { createSealedValues } from './sealed-values.ts';
import type { KeyRing, SealedPlace } from './sealing.ts';

/**
 * Credentials in one hash by source, each sealed for its own place, and when they were asked for in another. A credential that
 * cannot be read is reported and counts as absent: it is fetched anew.
 */
export function createRedisCredentialStore(
  connection: RedisConnection,
  keys: RedisKeys,
  keyRing: KeyRing,
  report: (failure: Failure) => void,
): CredentialStore {
  const values = createSealedValues({ keyRing, encode: encodeFetchOutcome, decode: decodeFetchOutcome, report });
  const placeOf = (sourceId: string): SealedPlace => ({
    purpose: 'credential',
    name: `${keys.credentials}/${sourceId}`,
  });
  return {
    async read(sourceIds) {
      const found = new Map<string, CredentialRecord>();
      if (sourceIds.length === 0) return found;
      const [outcomes, requests, staleness] = await connection.run('reading the credentials', (redis) =>
        Promise.all([
          redis.hmget(keys.credentials, ...sourceIds),
          redis.hmget(keys.credentialRequests, ...sourceIds),
          redis.hmget(keys.credentialStaleness, ...sourceIds),
        ]),
      );
      for (const [index, sourceId] of sourceIds.entries()) {
        const sealed = outcomes[index] ?? undefined;
        const outcome = sealed === undefined ? undefined : values.open(placeOf(sourceId), sealed);
        const requestedAt = toMoment(requests[index]);
        if (outcome === undefined && requestedAt === undefined) continue;
        const staleAt = toMoment(staleness[index]);
        found.set(sourceId, {
          ...outcome,
          sourceId,
          requestedAt: requestedAt ?? 0,
          ...(staleAt === undefined ? {} : { staleAt }),
        });
      }
      return found;
    },
    async markRequested(sourceIds, at) {
      if (sourceIds.length === 0) return;
      await connection.run('keeping that credentials were asked for', (redis) =>
        redis.hset(keys.credentialRequests, ...sourceIds.flatMap((sourceId) => [sourceId, at])),
      );
    },
    async write(outcome) {
      const { sourceId } = outcome;
      const sealed = values.seal(placeOf(sourceId), outcome);
      await connection.run(`keeping the credential of ${sourceId}`, (redis) =>
        redis.hset(keys.credentials, sourceId, sealed),
      );
    },
    async markStale(sourceIds, at) {
      if (sourceIds.length === 0) return;
      await connection.run('keeping that credentials are outdated', (redis) =>
        redis.hset(keys.credentialStaleness, ...sourceIds.flatMap((sourceId) => [sourceId, at])),
      );
    },
    async markRestored() {
      await connection.run('keeping that credentials were restored', (redis) =>
        redis.set(keys.credentialsRestored, '1'),
      );
    },
    async isRestored() {
      const text = await connection.run('reading whether credentials were restored', (redis) =>
        redis.get(keys.credentialsRestored),
      );
      return text !== null;
    },
    async retain(sourceIds) {
      for (const key of [keys.credentials, keys.credentialRequests, keys.credentialStaleness]) {
        await retainFields(connection, key, sourceIds);
      }
    },
  };
}

function toMoment(text: string | null | undefined): number | undefined {
  const moment = Number(text ?? Number.NaN);
  return Number.isFinite(moment) ? moment : undefined;
}

async function retainFields(connection: RedisConnection, key: string, wanted: ReadonlySet<string>): Promise<void> {
  let cursor = '0';
  do {
    const [next, fieldsAndValues] = await connection.run('reading the names of the credentials', (redis) =>
      redis.hscan(key, cursor, 'COUNT', 100),
    );
    const forgotten = fieldsAndValues.filter((text, index) => index % 2 === 0 && !wanted.has(text));
    if (forgotten.length > 0) {
      await connection.run('forgetting credentials', (redis) => redis.hdel(key, ...forgotten));
    }
    cursor = next;
  } while (cursor !== '0');
}
