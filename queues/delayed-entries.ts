import type { MemoryEntry } from './memory-entry.ts';

/** Entries that wait for a moment, soonest first: a binary heap that each entry knows its place in, so that one can leave early. */
export class DelayedEntries {
  readonly #heap: MemoryEntry[] = [];

  get size(): number {
    return this.#heap.length;
  }

  soonest(): MemoryEntry | undefined {
    return this.#heap[0];
  }

  add(entry: MemoryEntry): void {
    this.#heap.push(entry);
    this.#rise(entry, this.#heap.length - 1);
  }

  remove(entry: MemoryEntry): void {
    const index = entry.heapIndex;
    const last = this.#heap.pop();
    entry.heapIndex = -1;
    if (last === undefined || last === entry) return;
    this.#rise(last, index);
    this.#sink(last, last.heapIndex);
  }

  #rise(entry: MemoryEntry, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || parent.dueMs <= entry.dueMs) break;
      this.#put(parent, index);
      index = above;
    }
    this.#put(entry, index);
  }

  #sink(entry: MemoryEntry, from: number): void {
    let index = from;
    for (;;) {
      const left = this.#heap[2 * index + 1];
      const right = this.#heap[2 * index + 2];
      const child = right !== undefined && left !== undefined && right.dueMs < left.dueMs ? right : left;
      if (child === undefined || child.dueMs >= entry.dueMs) break;
      const below = child.heapIndex;
      this.#put(child, index);
      index = below;
    }
    this.#put(entry, index);
  }

  #put(entry: MemoryEntry, index: number): void {
    this.#heap[index] = entry;
    entry.heapIndex = index;
  }
}
