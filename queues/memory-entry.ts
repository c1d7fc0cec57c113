import type { TraceContext } from '../common/domain/tracing/trace-context.ts';

/**
 * One key of a queue in memory, from its publish to the end of its handling.
 *
 * One object serves every state, with numbers for states and its own links, because ten thousand of them may wait at once.
 */
export type MemoryEntry = {
  readonly key: string;
  data: unknown;
  /** Of the publish that brought the data. */
  trace: TraceContext | undefined;
  /** 0 is the most urgent. */
  rank: number;
  state: typeof waiting | typeof active | typeof delayed;
  /** 1 for the first delivery. */
  attempt: number;
  /** When the publish came that is not handled yet, in ms since the queue began (a small integer takes no memory of its own). */
  sinceMs: number;
  /** When it goes back among the waiting, on the same scale. */
  dueMs: number;
  heapIndex: number;
  previous: MemoryEntry | undefined;
  next: MemoryEntry | undefined;
  /** What was published while it was being handled. */
  again:
    { data: unknown; rank: number; readonly sinceMs: number; readonly trace: TraceContext | undefined } | undefined;
};

export const waiting = 0;
export const active = 1;
export const delayed = 2;

export function newEntry(key: string, data: unknown, rank: number, sinceMs: number, trace?: TraceContext): MemoryEntry {
  return {
    key,
    data,
    trace,
    rank,
    state: waiting,
    attempt: 1,
    sinceMs,
    dueMs: 0,
    heapIndex: -1,
    previous: undefined,
    next: undefined,
    again: undefined,
  };
}
