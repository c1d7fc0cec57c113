import { urgencies } from '../common/domain/urgency.ts';
import type { Consumer } from './bus.ts';
import type { MessageData, MessageName } from './catalog.ts';
import { deliver, type Deliver, type Verdict } from './deliver.ts';
import type { MemoryEntry } from './memory-entry.ts';
import type { MemoryQueue, Outcome } from './memory-queue.ts';
import { closeWithinSeconds } from './bus-limits.ts';
import type { Timers } from './timers.ts';

/** What a consumer needs of the queue it takes from. */
type QueueAccess = {
  readonly queue: MemoryQueue;
  readonly nowMs: () => number;
  /** Called after something went back to the queue. */
  readonly changed: () => void;
  /** Whether this turn of the event loop has done enough; it is counted here. */
  readonly mustYield: () => boolean;
};

export type MemoryConsumer = Consumer & {
  /** Takes as much as there is room for. */
  readonly pump: () => void;
};

/** Handles what waits in one queue, `concurrency` at once. */
export function startMemoryConsumer<N extends MessageName>(
  work: Omit<Deliver<N>, 'isPublishedAgain'>,
  access: QueueAccess,
  concurrency: number,
  timers: Timers,
): MemoryConsumer {
  const { queue } = access;
  const abort = new AbortController();
  let running = 0;
  let resting = false;
  let idle: (() => void) | undefined;

  const pump = (): void => {
    if (resting || abort.signal.aborted) return;
    while (running < concurrency) {
      if (access.mustYield()) return rest();
      const entry = queue.takeNext();
      if (entry === undefined) return;
      running++;
      void run(entry);
    }
  };

  /** A handler that never waits would keep timers and sockets from their turn for as long as messages come. */
  const rest = (): void => {
    resting = true;
    timers.nextTurn(() => {
      resting = false;
      pump();
    });
  };

  const run = async (entry: MemoryEntry): Promise<void> => {
    const delivery = {
      data: entry.data as MessageData<N>,
      urgency: urgencies[entry.rank] ?? 'periodic',
      attempt: entry.attempt,
      signal: abort.signal,
    };
    const origin = { trace: entry.trace, ageSeconds: Math.max(0, access.nowMs() - entry.sinceMs) / 1000 };
    const isPublishedAgain = (): boolean => entry.again !== undefined;
    const verdict = await deliver({ ...work, isPublishedAgain }, entry.key, delivery, origin);
    queue.finish(entry, toOutcome(verdict, entry.attempt), access.nowMs());
    running--;
    access.changed();
    if (running === 0) idle?.();
  };

  return {
    pump,
    close: async () => {
      abort.abort();
      if (running === 0) return;
      await new Promise<void>((resolve) => {
        const cancel = timers.after(closeWithinSeconds * 1000, resolve);
        idle = () => {
          cancel();
          resolve();
        };
      });
    },
  };
}

function toOutcome(verdict: Verdict, attempt: number): Outcome {
  switch (verdict.kind) {
    case 'end':
      return ended;
    case 'again':
      return { kind: 'again', afterMs: verdict.afterSeconds * 1000, attempt: 1 };
    case 'failed':
      return { kind: 'again', afterMs: verdict.afterSeconds * 1000, attempt: attempt + 1 };
    case 'interrupted':
      return { kind: 'again', afterMs: 0, attempt };
  }
}

const ended: Outcome = { kind: 'end' };
