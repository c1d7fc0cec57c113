import {
  belongsToList,
  isPlanRelevant,
  listKeyOf,
  type ObservedState,
} from '../../domain/namespaces/observation-changes.ts';
import {
  isNewer,
  type NamespaceObservation,
  type ObservedAccount,
  type ObservedChange,
  type ObservedKind,
  type ObservedNamespace,
  type ObservedSecret,
} from '../../domain/namespaces/observation.ts';
import type { Milestone, ObservationStore, SeenIn } from '../../ports/stores.ts';
import { createDeletionMemory } from './deletion-memory.ts';

/**
 * What the watchers saw, kept by reference for as long as the process lives.
 *
 * Indexed by namespace, so that `read` costs what the namespace holds, whatever the size of the cluster. A deleted object leaves
 * no more than its name and version, in a bounded memory of deletions: the answer to a write of ours may come in after the watch
 * said that the object is gone, and must not bring it back.
 */
export function createMemoryObservationStore(): ObservationStore {
  const known = new Map<string, Known>();
  const listed = new Map<Milestone, number>();
  const newest = new Map<ObservedKind, string>();
  let deletions = createDeletionMemory();
  let eras = 0;

  function take(change: ObservedChange, listVersion: string | undefined): boolean {
    const newestOfKind = newest.get(change.kind);
    if (newestOfKind === undefined || isNewer(change.resourceVersion, newestOfKind)) {
      newest.set(change.kind, change.resourceVersion);
    }
    const before = find(known, change);
    const key = `${change.kind}:${listKeyOf(change)}`;
    if (change.state === undefined) {
      if (before !== undefined && isNewer(before.resourceVersion, change.resourceVersion)) return false;
      deletions.add(key, change.resourceVersion);
      if (before !== undefined) remove(known, change);
      return before !== undefined;
    }
    const newestKnown = before?.resourceVersion ?? deletions.versionOf(key);
    if (newestKnown !== undefined && !isNews(change.resourceVersion, newestKnown, listVersion)) return false;
    put(known, change);
    return isPlanRelevant(before, change.state);
  }

  function takeAll(changes: Iterable<ObservedChange>, { era, listVersion }: SeenIn = {}): Promise<readonly string[]> {
    const changed = new Set<string>();
    if (isOver(era)) return Promise.resolve([]);
    for (const change of changes) {
      if (take(change, listVersion)) changed.add(change.namespace);
    }
    return Promise.resolve([...changed]);
  }

  function isOver(era: string | undefined): boolean {
    return era !== undefined && era !== String(eras);
  }

  return {
    observe: takeAll,
    prune: (kind, keys, listVersion, secretName, era) =>
      takeAll(
        objectsOf(known, kind, listVersion).filter(
          (object) => belongsToList(object, secretName) && !keys.has(listKeyOf(object)),
        ),
        { era },
      ),
    read: (namespace) => Promise.resolve(toObservation(namespace, known.get(namespace))),
    namespaces: () => Promise.resolve([...known.keys()]),
    markListed(what, objects, era) {
      if (!isOver(era)) listed.set(what, objects);
      return Promise.resolve();
    },
    listed: (what) => Promise.resolve(listed.get(what)),
    era: () => Promise.resolve(String(eras)),
    newestSeen: (kind) => Promise.resolve(newest.get(kind)),
    beginEra(after) {
      if (isOver(after)) return Promise.resolve(false);
      eras++;
      for (const memory of [known, listed, newest]) memory.clear();
      deletions = createDeletionMemory();
      return Promise.resolve(true);
    },
  };
}

/** Whether a version replaces the one that is known. Of a list's pages the version of the list decides, also over an equal one. */
function isNews(version: string, known: string, listVersion: string | undefined): boolean {
  return listVersion === undefined ? isNewer(version, known) : !isNewer(known, listVersion);
}

type Known = {
  namespace: ObservedNamespace | undefined;
  readonly accounts: Map<string, ObservedAccount>;
  readonly secrets: Map<string, ObservedSecret>;
};

function find(known: ReadonlyMap<string, Known>, change: ObservedChange): ObservedState | undefined {
  const entry = known.get(change.namespace);
  switch (change.kind) {
    case 'namespace':
      return entry?.namespace;
    case 'account':
      return entry?.accounts.get(change.name);
    case 'secret':
      return entry?.secrets.get(change.name);
  }
}

function put(known: Map<string, Known>, change: ObservedChange): void {
  let entry = known.get(change.namespace);
  if (entry === undefined) {
    entry = { namespace: undefined, accounts: new Map(), secrets: new Map() };
    known.set(change.namespace, entry);
  }
  if (change.state === undefined) return;
  if (change.kind === 'namespace') entry.namespace = change.state;
  else if (change.kind === 'account') entry.accounts.set(change.name, change.state);
  else entry.secrets.set(change.name, change.state);
}

function remove(known: Map<string, Known>, change: ObservedChange): void {
  const entry = known.get(change.namespace);
  if (entry === undefined) return;
  if (change.kind === 'namespace') entry.namespace = undefined;
  else if (change.kind === 'account') entry.accounts.delete(change.name);
  else entry.secrets.delete(change.name);
  if (entry.namespace === undefined && entry.accounts.size === 0 && entry.secrets.size === 0) {
    known.delete(change.namespace);
  }
}

/** Everything of the kind, as if it had been deleted at `resourceVersion`. */
function objectsOf(
  known: ReadonlyMap<string, Known>,
  kind: ObservedKind,
  resourceVersion: string,
): readonly ObservedChange[] {
  const changes: ObservedChange[] = [];
  for (const [namespace, entry] of known) {
    if (kind === 'namespace') {
      if (entry.namespace !== undefined) changes.push({ kind, namespace, resourceVersion });
      continue;
    }
    for (const name of (kind === 'account' ? entry.accounts : entry.secrets).keys()) {
      changes.push({ kind, namespace, name, resourceVersion });
    }
  }
  return changes;
}

function toObservation(name: string, entry: Known | undefined): NamespaceObservation {
  if (entry === undefined) return { name, accounts: [], secrets: [] };
  return {
    name,
    ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
    accounts: byName(entry.accounts),
    secrets: byName(entry.secrets),
  };
}

/** In the order of their names: what is planned must not depend on the order in which things were seen. */
function byName<T extends { readonly name: string }>(items: ReadonlyMap<string, T>): readonly T[] {
  const list = [...items.values()];
  return list.length < 2 ? list : list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
