import { History } from './history.ts';
import { storageKey } from './stored-object.ts';
import type { StoredObject } from './stored-object.ts';

/** How many past states are kept sorted, so that the pages of a running list cost only their own length. */
const snapshotsKept = 4;

/** The objects of one kind with their history. */
export class Collection {
  readonly history: History;
  readonly #namespaces = new Map<string, Map<string, StoredObject>>();
  readonly #snapshots = new Map<string, readonly StoredObject[]>();
  #sorted: readonly StoredObject[] | undefined;

  constructor(historyLimit: number) {
    this.history = new History(historyLimit);
  }

  get(namespace: string, name: string): StoredObject | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  /** @returns what was there before */
  set(stored: StoredObject): StoredObject | undefined {
    let names = this.#namespaces.get(stored.namespace);
    if (names === undefined) {
      names = new Map();
      this.#namespaces.set(stored.namespace, names);
    }
    const before = names.get(stored.name);
    names.set(stored.name, stored);
    this.#sorted = undefined;
    return before;
  }

  delete(stored: StoredObject): void {
    const names = this.#namespaces.get(stored.namespace);
    names?.delete(stored.name);
    if (names?.size === 0) this.#namespaces.delete(stored.namespace);
    this.#sorted = undefined;
  }

  /** The objects now, in etcd's order; of one namespace, or of all when it is undefined. */
  list(namespace: string | undefined): readonly StoredObject[] {
    if (namespace !== undefined) return sortByKey([...(this.#namespaces.get(namespace)?.values() ?? [])]);
    this.#sorted ??= sortByKey([...this.#namespaces.values()].flatMap((names) => [...names.values()]));
    return this.#sorted;
  }

  /**
   * The objects as they were at a version, in etcd's order.
   * @returns undefined when that history is forgotten
   */
  listAt(namespace: string | undefined, version: number): readonly StoredObject[] | undefined {
    if (version < this.history.forgottenUpTo) return undefined;
    const id = `${version} ${namespace ?? ''}`;
    const kept = this.#snapshots.get(id);
    if (kept !== undefined) return kept;
    const snapshot = this.history.changedSince(version) ? this.#rollBack(namespace, version) : this.list(namespace);
    this.#snapshots.set(id, snapshot);
    for (const oldest of this.#snapshots.keys()) {
      if (this.#snapshots.size <= snapshotsKept) break;
      this.#snapshots.delete(oldest);
    }
    return snapshot;
  }

  #rollBack(namespace: string | undefined, version: number): readonly StoredObject[] {
    const objects = new Map(this.list(namespace).map((stored) => [storageKey(stored), stored]));
    for (const { before, after } of this.history.after(version).toReversed()) {
      const of = before ?? after;
      if (of === undefined || (namespace !== undefined && of.namespace !== namespace)) continue;
      if (before === undefined) objects.delete(storageKey(of));
      else objects.set(storageKey(of), before);
    }
    return sortByKey([...objects.values()]);
  }
}

function sortByKey(objects: StoredObject[]): readonly StoredObject[] {
  const keyed = objects.map((stored) => ({ key: storageKey(stored), stored }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : 1));
  return keyed.map(({ stored }) => stored);
}
