import { admissionObjectNames } from '../../common/domain/admission/admission-objects.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { ObservedSecret } from '../../common/domain/namespaces/observation.ts';
import { isOurs } from '../../common/domain/namespaces/our-secrets.ts';
import { namesToDetach, secretsToDelete, secretsToLeave } from '../../common/domain/namespaces/plan-cleanup.ts';
import type { AdmissionRegistry } from '../../common/ports/admission.ts';
import type { ClusterLists } from '../../common/ports/cluster-reader.ts';
import type { ClusterWriter } from '../../common/ports/cluster-writer.ts';
import type { SecretNameStore } from '../../common/ports/own-secrets.ts';
import { createCleanupTally, type CleanupResult, type CleanupTally } from './cleanup-tally.ts';
import { removeObject, type Pause } from './cleanup-steps.ts';

export type CleanupWorld = {
  readonly lists: Omit<ClusterLists, 'namespaces'>;
  readonly writer: ClusterWriter;
  readonly admission: Pick<AdmissionRegistry, 'capabilities' | 'read' | 'remove'>;
  readonly names: Pick<SecretNameStore, 'read'>;
  /** Waits so many seconds: before another try, and before looking again. */
  readonly pause: Pause;
};

export type CleanupOptions = {
  readonly dryRun: boolean;
  /** The helper's own namespace. */
  readonly namespace: string;
  /** Name of the first Secret in each namespace. */
  readonly secretName: string;
  /** Secrets of the helper's own namespace that it wrote for itself. */
  readonly ownSecretNames: readonly string[];
  /** Where only Secrets of certain names may be listed: these. Otherwise they are found by label as well. */
  readonly onlyNames?: readonly string[] | undefined;
  /** Told of each removal, or of what would be removed. */
  readonly tell: (line: string) => void;
  /** Told of each step of the work. */
  readonly progress: (result: CleanupResult) => void;
};

/**
 * Removes all that the helper wrote into the cluster: what would give new accounts the reference, then the references, then the
 * Secrets, then what it keeps for itself. It plans from what is there now, so it can be interrupted at any moment and run again.
 *
 * It looks again until it finds nothing: what comes back is written by a helper that still runs. Throws `Failure` when the
 * cluster cannot be listed; what fails on one object is in the result.
 */
export async function cleanup(world: CleanupWorld, options: CleanupOptions): Promise<CleanupResult> {
  const tally = createCleanupTally(options);
  await removeAdmission(world, options, tally);
  const names = await knownNames(world, options);
  for (let round = 1; ; round++) {
    const before = tally.result().removed;
    await removeOnce(world, options, names, tally);
    if (options.dryRun || tally.result().removed === before) break;
    if (round === maxRounds) return { ...tally.result(), stillWritten: true };
    await world.pause(1);
  }
  // They hold the names that a second run needs.
  if (tally.result().failed === 0) await removeOwnSecrets(world, options, tally);
  return tally.result();
}

/** One that works and one that finds nothing; a third where a helper that was ending made its last writes meanwhile. */
const maxRounds = 4;

async function removeAdmission(
  { admission }: CleanupWorld,
  { dryRun }: CleanupOptions,
  tally: CleanupTally,
): Promise<void> {
  const { kinds } = await admission.capabilities();
  for (const object of admissionObjectNames) {
    if (!kinds.has(object.kind) || (await admission.read(object)) === undefined) continue;
    const remove = dryRun ? async () => undefined : () => admission.remove(object);
    await tally.removal('other', `${object.kind} ${object.name}`, remove);
  }
}

async function knownNames({ names }: CleanupWorld, options: CleanupOptions): Promise<ReadonlySet<string>> {
  if (options.onlyNames !== undefined) return new Set(options.onlyNames);
  const stored = await names.read().catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'kubernetes-forbidden') return [];
    throw error;
  });
  return new Set([options.secretName, ...stored]);
}

async function removeOnce(
  world: CleanupWorld,
  options: CleanupOptions,
  ourNames: ReadonlySet<string>,
  tally: CleanupTally,
): Promise<void> {
  const { lists } = world;
  const { dryRun } = options;
  const secrets = await findSecrets(world, options, ourNames);
  const kept = new Set<string>();
  for await (const page of lists.accounts()) {
    tally.looked(page.length);
    await inParallel(page, async (account) => {
      const wanted = (seen: typeof account) => namesToDetach(seen, secrets.get(seen.namespace), ourNames);
      const names = wanted(account);
      if (names.length === 0) return;
      const what = `reference ${account.namespace}/${account.name} → ${names.join(', ')}`;
      const isGone = await tally.removal('references', what, () =>
        dryRun
          ? Promise.resolve(undefined)
          : removeObject(world.pause, account, {
              write: (seen) => world.writer.detach(seen, wanted(seen), 'periodic'),
              read: () => world.writer.readAccount(account.namespace, account.name, 'periodic'),
            }),
      );
      if (!isGone) kept.add(account.namespace);
    });
  }
  // A Secret stays as long as an account may still refer to it.
  const inNamespaces = [...secrets].filter(([namespace]) => !kept.has(namespace));
  for (const secret of inNamespaces.flatMap(([, found]) => secretsToLeave(found)))
    tally.leftAlone(`Secret ${secret.namespace}/${secret.name}`);
  await removeSecrets(
    world,
    options,
    inNamespaces.flatMap(([, found]) => secretsToDelete(found)),
    tally,
  );
}

/** By namespace and name. */
async function findSecrets(
  { lists }: CleanupWorld,
  { onlyNames, namespace, ownSecretNames }: CleanupOptions,
  ourNames: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, ObservedSecret>>> {
  const found = new Map<string, Map<string, ObservedSecret>>();
  const sources = [...ourNames].map((name) => lists.secretsNamed(name));
  if (onlyNames === undefined) sources.push(lists.secretsLabelled());
  for (const source of sources) {
    for await (const page of source) {
      for (const secret of page) {
        if (secret.namespace === namespace && ownSecretNames.includes(secret.name)) continue;
        const others = found.get(secret.namespace) ?? new Map<string, ObservedSecret>();
        found.set(secret.namespace, others.set(secret.name, secret));
      }
    }
  }
  return found;
}

async function removeOwnSecrets(world: CleanupWorld, options: CleanupOptions, tally: CleanupTally): Promise<void> {
  for (const name of options.ownSecretNames) {
    const secret = await world.writer.readSecretMetadata(options.namespace, name, 'periodic');
    if (secret !== undefined && isOurs(secret)) await removeSecrets(world, options, [secret], tally);
  }
}

async function removeSecrets(
  world: CleanupWorld,
  { dryRun }: CleanupOptions,
  secrets: readonly ObservedSecret[],
  tally: CleanupTally,
): Promise<void> {
  await inParallel(secrets, async (secret) => {
    const { namespace, name } = secret;
    await tally.removal('secrets', `Secret ${namespace}/${name}`, () =>
      dryRun
        ? Promise.resolve(undefined)
        : removeObject(world.pause, secret, {
            write: (seen) => world.writer.deleteSecret(namespace, name, seen, 'periodic'),
            read: async () => {
              const now = await world.writer.readSecretMetadata(namespace, name, 'periodic');
              return now !== undefined && isOurs(now) ? now : undefined;
            },
          }),
    );
  });
}

/** In batches, so that ten thousand objects are not ten thousand promises; how many are in flight is up to the request window. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += batchSize)
    await Promise.all(items.slice(start, start + batchSize).map(work));
}

const batchSize = 500;
