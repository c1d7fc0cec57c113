import { Collection } from './collection.ts';
import type { Change } from './history.ts';
import type { KubernetesObject } from './json.ts';
import { kinds } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { atVersion, storeObject } from './stored-object.ts';
import type { StoredObject } from './stored-object.ts';

/** All objects of the cluster under one version counter. Every change is told to the listeners before the write returns. */
export class Store {
  readonly #collections: ReadonlyMap<string, Collection>;
  readonly #listeners = new Set<(change: Change) => void>();
  #version = 1;

  /** @param historyLimit how many changes of each kind are kept for watches and paging */
  constructor(historyLimit: number) {
    this.#collections = new Map(kinds.map(({ storage }) => [storage, new Collection(historyLimit)]));
  }

  /** The newest resourceVersion: one counter for the whole server, as etcd's revision is. */
  get version(): number {
    return this.#version;
  }

  collection(kind: Kind): Collection {
    const found = this.#collections.get(kind.storage);
    if (found === undefined) throw new Error(`No collection for ${kind.storage}; is the kind missing in kinds.ts?`);
    return found;
  }

  get(kind: Kind, namespace: string, name: string): StoredObject | undefined {
    return this.collection(kind).get(namespace, name);
  }

  /** Creates or replaces an object; its new resourceVersion is the store's next version. */
  put(kind: Kind, object: KubernetesObject): StoredObject {
    this.#version += 1;
    const after = storeObject(storedKind(kind), object, this.#version);
    const before = this.collection(kind).set(after);
    this.#tell({ version: this.#version, kind: storedKind(kind), before, after });
    return after;
  }

  /** Removes an object; watchers see its last state at the version of the removal. */
  remove(kind: Kind, stored: StoredObject): StoredObject {
    this.#version += 1;
    this.collection(kind).delete(stored);
    this.#tell({ version: this.#version, kind: storedKind(kind), before: stored, after: undefined });
    return atVersion(stored, this.#version);
  }

  /** Forgets the history up to a version (default: now): older watches and pages get 410. */
  compact(version = this.#version): void {
    for (const collection of this.#collections.values()) collection.history.compact(version);
  }

  /** @returns a function that ends the subscription */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(change: Change): void {
    this.collection(change.kind).history.add(change);
    for (const listener of this.#listeners) listener(change);
  }
}

/** Events are kept in the core spelling, whichever group they were written through. */
function storedKind(kind: Kind): Kind {
  if (kind.conversion === undefined) return kind;
  return kinds.find((other) => other.storage === kind.storage && other.conversion === undefined) ?? kind;
}
