import { randomUUID } from 'node:crypto';

import type { CredentialRecord } from '../../domain/credentials/credential.ts';
import type { Failure } from '../../domain/failure.ts';
import type { CredentialStore } from '../../ports/stores.ts';
import { decodeFetchOutcome, encodeFetchOutcome } from './codec.ts';
import { createKeptRecords } from './kept-records.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { createSealedValues } from './sealed-values.ts';
import type { KeyRing, SealedPlace } from './sealing.ts';

/**
 * Credentials in one hash by source, each sealed for its own place, and when they were asked for in another. A credential that
 * cannot be read is reported and counts as absent: it is fetched anew.
 *
 * They are read for each of 10,000 namespaces, so each process keeps what it read, and asks only for the version, which every
 * change replaces in the same step. After a loss of Redis there is no version, and nothing is kept.
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
  const kept = createKeptRecords();

  const readAnew = (sourceIds: readonly string[]): Promise<Answers> =>
    connection.run('reading the credentials', (redis) =>
      Promise.all([
        // First, so that the records that are kept are never older than the version they are kept under.
        redis.get(keys.credentialsVersion),
        redis.hmget(keys.credentials, ...sourceIds),
        redis.hmget(keys.credentialRequests, ...sourceIds),
        redis.hmget(keys.credentialStaleness, ...sourceIds),
      ]),
    );

  const setFields = (what: string, key: string, fields: readonly (readonly [string, string | number])[]) =>
    connection.run(what, (redis) =>
      redis.eval(setScript, 2, key, keys.credentialsVersion, randomUUID(), ...fields.flat()),
    );

  const readVersion = (): Promise<string | null> => connection.get('reading the credentials', keys.credentialsVersion);

  /** Records of this version or a later one. */
  const readSince = async (
    version: string | null,
    sourceIds: readonly string[],
  ): Promise<ReadonlyMap<string, CredentialRecord>> => {
    const known = kept.of(version, sourceIds);
    if (known !== undefined) return known;
    const [current, outcomes, requests, staleness] = await readAnew(sourceIds);
    const found = new Map<string, CredentialRecord>();
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
    kept.keep(current, sourceIds, found);
    return found;
  };

  return {
    read: async (sourceIds) => (sourceIds.length === 0 ? new Map() : readSince(await readVersion(), sourceIds)),
    async latest() {
      const version = await readVersion();
      return { read: async (sourceIds) => (sourceIds.length === 0 ? new Map() : readSince(version, sourceIds)) };
    },
    async markRequested(sourceIds, at) {
      if (sourceIds.length === 0) return;
      const fields = sourceIds.map((sourceId) => [sourceId, at] as const);
      await setFields('keeping that credentials were asked for', keys.credentialRequests, fields);
    },
    async write(outcome) {
      const { sourceId } = outcome;
      const sealed = values.seal(placeOf(sourceId), outcome);
      await setFields(`keeping the credential of ${sourceId}`, keys.credentials, [[sourceId, sealed]]);
    },
    async markStale(sourceIds, at) {
      if (sourceIds.length === 0) return;
      const fields = sourceIds.map((sourceId) => [sourceId, at] as const);
      await setFields('keeping that credentials are outdated', keys.credentialStaleness, fields);
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
        await retainFields(connection, key, keys.credentialsVersion, sourceIds);
      }
    },
  };
}

type Texts = readonly (string | null)[];
type Answers = readonly [string | null, Texts, Texts, Texts];

/** KEYS: hash, version. ARGV: the next version, then fields and values. In one step: a change without a new version stays unseen. */
const setScript = `
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('SET', KEYS[2], ARGV[1])
`;

/** KEYS: hash, version. ARGV: the next version, then fields. */
const forgetScript = `
for i = 2, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('SET', KEYS[2], ARGV[1])
`;

function toMoment(text: string | null | undefined): number | undefined {
  const moment = Number(text ?? Number.NaN);
  return Number.isFinite(moment) ? moment : undefined;
}

async function retainFields(
  connection: RedisConnection,
  key: string,
  versionKey: string,
  wanted: ReadonlySet<string>,
): Promise<void> {
  let cursor = '0';
  do {
    const [next, fieldsAndValues] = await connection.run('reading the names of the credentials', (redis) =>
      redis.hscan(key, cursor, 'COUNT', 100),
    );
    const forgotten = fieldsAndValues.filter((text, index) => index % 2 === 0 && !wanted.has(text));
    if (forgotten.length > 0) {
      await connection.run('forgetting credentials', (redis) =>
        redis.eval(forgetScript, 2, key, versionKey, randomUUID(), ...forgotten),
      );
    }
    cursor = next;
  } while (cursor !== '0');
}
