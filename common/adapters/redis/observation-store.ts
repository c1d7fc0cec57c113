import { createHash, randomUUID } from 'node:crypto';

import type { RedisCommander } from 'ioredis';
import * as z from 'zod';

import { Failure } from '../../domain/failure.ts';
import { belongsToList, isPlanRelevant, listKeyOf } from '../../domain/namespaces/observation-changes.ts';
import type { ObservedChange, ObservedKind } from '../../domain/namespaces/observation.ts';
import type { Milestone, ObservationStore, SeenIn } from '../../ports/stores.ts';
import { beginEraScript, firstEra, setInEraScript } from './era-scripts.ts';
import { decodeNamespace, decodeState, encodeState } from './observation-codec.ts';
import { observeScript } from './observe-script.ts';
import type { RedisConnection } from './redis-connection.ts';
import { observedField, type RedisKeys } from './redis-keys.ts';

/**
 * What the watchers saw, one hash per namespace.
 *
 * An answer that gets lost on the way is not lost: when a call fails, Redis may have taken the changes over all the same, and the
 * same changes told again would be news to nobody. So the next call that succeeds answers with the namespaces of the failed one
 * too.
 */
export function createRedisObservationStore(
  connection: RedisConnection,
  keys: RedisKeys,
  report: (failure: Failure) => void,
): ObservationStore {
  /** Namespaces of failed calls: at most those that there are. */
  const unanswered = new Set<string>();

  async function takeAll(changes: readonly ObservedChange[], seen: SeenIn = {}): Promise<readonly string[]> {
    const changed = new Set<string>();
    try {
      for (const wave of pagesOf(pagesOf(changes, changesPerCall), callsPerRoundTrip)) {
        const answers = await connection.run('keeping what was observed', (redis) =>
          Promise.all(wave.map((page) => runObserveScript(redis, keys, page, seen))),
        );
        for (const namespace of answers.flat()) changed.add(namespace);
      }
    } catch (error) {
      for (const change of changes) unanswered.add(change.namespace);
      throw error;
    }
    for (const namespace of unanswered) changed.add(namespace);
    unanswered.clear();
    return [...changed];
  }

  return {
    observe: takeAll,
    async prune(kind, listed, listVersion, secretName, era) {
      const changed = new Set<string>();
      try {
        for await (const names of pagesOfNames(connection, keys)) {
          const objects = await objectsOf(connection, keys, kind, names, listVersion);
          const gone = objects.filter((object) => belongsToList(object, secretName) && !listed.has(listKeyOf(object)));
          for (const namespace of await takeAll(gone, { era })) changed.add(namespace);
        }
      } catch (error) {
        for (const namespace of changed) unanswered.add(namespace);
        throw error;
      }
      return [...changed];
    },
    async read(namespace) {
      const fields = await connection.run(`reading what was observed of namespace ${namespace}`, (redis) =>
        redis.hgetall(keys.observed(namespace)),
      );
      return decodeNamespace(namespace, fields, (field) => {
        report(
          new Failure('unexpected', `Redis holds a text nobody can read: ${keys.observed(namespace)}, field ${field}`),
        );
      });
    },
    async namespaces() {
      const all = new Set<string>();
      for await (const names of pagesOfNames(connection, keys)) for (const name of names) all.add(name);
      return [...all];
    },
    async markListed(what, objects, era = '') {
      await connection.run(`keeping that ${what} was listed`, (redis) =>
        redis.eval(setInEraScript, 2, keys.era, keys.listed(what), era, objects),
      );
    },
    async listed(what) {
      const text = await connection.get(`reading whether ${what} was listed`, keys.listed(what));
      return text === null ? undefined : Number(text);
    },
    async era() {
      return (await connection.run('reading the era of the observations', (redis) => redis.get(keys.era))) ?? firstEra;
    },
    async newestSeen(kind) {
      const version = await connection.run('reading the newest version that was observed', (redis) =>
        redis.hget(keys.newest, kind),
      );
      return version ?? undefined;
    },
    async beginEra(after) {
      const forgotten = [keys.namespaces, keys.newest, ...milestones.map((what) => keys.listed(what))];
      const began = await connection.run('forgetting what was observed before the cluster was restored', (redis) =>
        redis.eval(
          beginEraScript,
          1 + forgotten.length,
          keys.era,
          ...forgotten,
          after,
          randomUUID(),
          keys.observed(''),
        ),
      );
      return began === 1;
    },
  };
}

const milestones = ['begun', 'secrets', 'everything'] as const satisfies readonly Milestone[];

/** A call blocks Redis for well under a millisecond. */
const changesPerCall = 100;
const callsPerRoundTrip = 8;
const namesPerPage = 500;

/** Watchers that lag by more list everything anew. */
const rememberDeletionMilliseconds = 15 * 60 * 1_000;

const observeScriptHash = createHash('sha1').update(observeScript).digest('hex');

/** Answers with the namespaces in which something changed that a plan may depend on. */
async function runObserveScript(
  redis: RedisCommander,
  keys: RedisKeys,
  changes: readonly ObservedChange[],
  { era = '', listVersion = '' }: SeenIn,
): Promise<readonly string[]> {
  const keysAndArguments: (string | number)[] = [keys.namespaces, keys.era, keys.newest];
  for (const change of changes) keysAndArguments.push(keys.observed(change.namespace), keys.deleted(change));
  const keyCount = keysAndArguments.length;
  keysAndArguments.push(rememberDeletionMilliseconds, era, listVersion);
  for (const change of changes) {
    keysAndArguments.push(change.namespace, observedField(change), change.resourceVersion, encodeState(change));
  }
  const differences = scriptAnswer.parse(await evaluate(redis, keyCount, keysAndArguments));
  return differences.flatMap(([position, before]) => {
    const change = changes[position - 1];
    if (change === undefined) return [];
    return isPlanRelevant(decodeState(change, before), change.state) ? [change.namespace] : [];
  });
}

/** Position of the change, and the text that was stored before it. */
const scriptAnswer = z.array(z.tuple([z.number(), z.string()]));

/** By the script's hash; with its text where Redis does not know it yet, or has forgotten it in a restart. */
async function evaluate(
  redis: RedisCommander,
  keyCount: number,
  keysAndArguments: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(observeScriptHash, keyCount, ...keysAndArguments);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return await redis.eval(observeScript, keyCount, ...keysAndArguments);
  }
}

/** Everything of the kind in the namespaces, as if it had been deleted at `resourceVersion`; the script leaves what is newer. */
async function objectsOf(
  connection: RedisConnection,
  keys: RedisKeys,
  kind: ObservedKind,
  names: readonly string[],
  resourceVersion: string,
): Promise<readonly ObservedChange[]> {
  if (kind === 'namespace') return names.map((namespace) => ({ kind, namespace, resourceVersion }));
  const fields = await connection.run('comparing what was observed with a list', (redis) =>
    Promise.all(names.map((name) => redis.hkeys(keys.observed(name)))),
  );
  return names.flatMap((namespace, index) =>
    (fields[index] ?? [])
      .filter((field) => field.startsWith(`${kind}:`))
      .map((field) => ({ kind, namespace, name: field.slice(kind.length + 1), resourceVersion })),
  );
}

async function* pagesOfNames(connection: RedisConnection, keys: RedisKeys): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const [next, names] = await connection.run('reading the names of the namespaces', (redis) =>
      redis.sscan(keys.namespaces, cursor, 'COUNT', namesPerPage),
    );
    if (names.length > 0) yield names;
    cursor = next;
  } while (cursor !== '0');
}

function pagesOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const pages: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) pages.push(items.slice(start, start + size));
  return pages;
}
