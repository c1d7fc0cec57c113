import type { Kind } from './kinds.ts';
import type { StoredObject } from './stored-object.ts';

/** One change: created (`before` absent), changed (both), deleted (`after` absent). */
export interface Change {
  readonly version: number;
  /** The kind under which the object is stored. */
  readonly kind: Kind;
  readonly before: StoredObject | undefined;
  readonly after: StoredObject | undefined;
}

/** The newest changes of one kind, bounded: what watches resume from and consistent pages are rolled back with. */
export class History {
  readonly #limit: number;
  #changes: Change[] = [];
  #start = 0;
  #forgottenUpTo = 0;

  /** @param limit how many changes are kept at least; older ones are forgotten */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Changes up to and including this version are gone: whoever asks for an older state must list again. */
  get forgottenUpTo(): number {
    return this.#forgottenUpTo;
  }

  add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length - this.#start > this.#limit) this.#forgetFirst(1);
  }

  /** Forgets every change up to and including `version`, as a compaction of etcd does. */
  compact(version: number): void {
    this.#forgetFirst(this.#firstAfter(version) - this.#start);
    this.#forgottenUpTo = Math.max(this.#forgottenUpTo, version);
  }

  /** The changes after a version, oldest first. The version must not be below `forgottenUpTo`. */
  after(version: number): readonly Change[] {
    return this.#changes.slice(this.#firstAfter(version));
  }

  changedSince(version: number): boolean {
    const last = this.#changes.at(-1);
    return last !== undefined && this.#changes.length > this.#start && last.version > version;
  }

  #firstAfter(version: number): number {
    let low = this.#start;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.version ?? Infinity) > version) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #forgetFirst(count: number): void {
    if (count <= 0) return;
    this.#start += count;
    this.#forgottenUpTo = Math.max(this.#forgottenUpTo, this.#changes[this.#start - 1]?.version ?? 0);
    // Moving the array at every write would cost more than the write; half of it at a time costs nothing on average.
    if (this.#start * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#start);
      this.#start = 0;
    }
  }
}
