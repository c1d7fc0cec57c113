import type { MemoryEntry } from './memory-entry.ts';

/** First in, first out; an entry in the middle leaves without a search, because the links are its own. */
export class EntryList {
  #first: MemoryEntry | undefined;
  #last: MemoryEntry | undefined;

  first(): MemoryEntry | undefined {
    return this.#first;
  }

  append(entry: MemoryEntry): void {
    entry.previous = this.#last;
    entry.next = undefined;
    if (this.#last === undefined) this.#first = entry;
    else this.#last.next = entry;
    this.#last = entry;
  }

  remove(entry: MemoryEntry): void {
    if (entry.previous === undefined) this.#first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === undefined) this.#last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.previous = undefined;
    entry.next = undefined;
  }
}
