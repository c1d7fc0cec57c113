import type { TraceContext } from '../common/domain/tracing/trace-context.ts';
import { createTurns } from '../common/domain/turns.ts';
import { urgencies } from '../common/domain/urgency.ts';
import { DelayedEntries } from './delayed-entries.ts';
import { EntryList } from './entry-list.ts';
import { active, delayed, newEntry, waiting, type MemoryEntry } from './memory-entry.ts';

/** What becomes of a key after its handler ran. `attempt` is the number of the next delivery. */
export type Outcome =
  { readonly kind: 'end' } | { readonly kind: 'again'; readonly afterMs: number; readonly attempt: number };

/**
 * The keys of one queue: waiting by urgency, being handled, or waiting out a delay. Every step takes O(1), or O(log n) where a
 * delay is involved. It has no clock: callers pass the time, in ms since they made the queue.
 */
export class MemoryQueue {
  /** In the order of their publish, so that the oldest is found at the front, behind the few that are being handled. */
  readonly #entries = new Map<string, MemoryEntry>();
  readonly #waiting = urgencies.map(() => new EntryList());
  readonly #delayed = new DelayedEntries();
  readonly #turns = createTurns();
  #active = 0;

  publish(key: string, data: unknown, rank: number, nowMs: number, trace?: TraceContext): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#enter(newEntry(key, data, rank, nowMs, trace));
    } else if (entry.state === active) {
      const { again } = entry;
      entry.again = { data, rank: Math.min(rank, again?.rank ?? rank), sinceMs: again?.sinceMs ?? nowMs, trace };
    } else {
      entry.data = data;
      entry.trace = trace;
      const moreUrgent = rank < entry.rank;
      if (entry.state === delayed) this.#delayed.remove(entry);
      else if (moreUrgent) this.#waiting[entry.rank]?.remove(entry);
      else return;
      if (moreUrgent) entry.rank = rank;
      this.#wait(entry);
    }
  }

  /** The one whose turn it is by its urgency, first published first; it counts as being handled until `finish`. */
  takeNext(): MemoryEntry | undefined {
    const rank = this.#turns.next((asked) => this.#waiting[asked]?.first() !== undefined);
    const list = rank === undefined ? undefined : this.#waiting[rank];
    const entry = list?.first();
    if (list === undefined || entry === undefined) return undefined;
    list.remove(entry);
    entry.state = active;
    this.#active++;
    return entry;
  }

  /** What was published meanwhile wins over any outcome: it is newer than what the handler saw. */
  finish(entry: MemoryEntry, outcome: Outcome, nowMs: number): void {
    this.#active--;
    const { again } = entry;
    if (again !== undefined) {
      this.#entries.delete(entry.key);
      this.#enter(newEntry(entry.key, again.data, again.rank, again.sinceMs, again.trace));
    } else if (outcome.kind === 'end') {
      this.#entries.delete(entry.key);
    } else {
      entry.attempt = outcome.attempt;
      if (outcome.afterMs <= 0) this.#wait(entry);
      else {
        entry.state = delayed;
        entry.dueMs = nowMs + outcome.afterMs;
        this.#delayed.add(entry);
      }
    }
  }

  /** Puts those whose delay is over back among the waiting; answers when the next one is due. */
  release(nowMs: number): number | undefined {
    for (;;) {
      const entry = this.#delayed.soonest();
      if (entry === undefined) return undefined;
      if (entry.dueMs > nowMs) return entry.dueMs;
      this.#delayed.remove(entry);
      this.#wait(entry);
    }
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  counts(): { readonly waiting: number; readonly active: number; readonly delayed: number } {
    const idle = this.#entries.size - this.#active - this.#delayed.size;
    return { waiting: idle, active: this.#active, delayed: this.#delayed.size };
  }

  /** Since when the oldest waits or is delayed. */
  oldestSinceMs(): number | undefined {
    for (const entry of this.#entries.values()) if (entry.state !== active) return entry.sinceMs;
    return undefined;
  }

  #enter(entry: MemoryEntry): void {
    this.#entries.set(entry.key, entry);
    this.#wait(entry);
  }

  #wait(entry: MemoryEntry): void {
    entry.state = waiting;
    this.#waiting[entry.rank]?.append(entry);
  }
}
