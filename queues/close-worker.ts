import type { Worker } from 'bullmq';

import { closeWithinSeconds } from './bus-limits.ts';
import { endClient } from './end-client.ts';

/**
 * Closes a worker of BullMQ: waits for its handlers, at most ten seconds.
 *
 * During an outage BullMQ waits for Redis without an end: for its blocking connection (see `endClient`), and to tell Redis what
 * became of the jobs. The first is ended here; the second is not waited for once no handler runs: a lock expires and the
 * message is taken up again.
 */
export async function closeWorker(
  worker: Worker,
  isHandling: () => boolean,
  isConnected: () => boolean,
): Promise<void> {
  let closed = false;
  const closing = worker.close().catch(() => {});
  void closing.then(() => {
    closed = true;
  });
  for (let waitedMs = 0; waitedMs < closeWithinSeconds * 1000; waitedMs += pauseMs) {
    await oneOf(closing, pauseMs);
    if (closed) return;
    // It may be away while the others are back already: each tries again at times of its own.
    const blocking = await Promise.race([worker.getBackend().blockingClient, Promise.resolve(undefined)]);
    if (blocking?.status === 'reconnecting') endClient(blocking);
    if (!isConnected() && !isHandling() && waitedMs >= 1000) return;
  }
}

const pauseMs = 100;

async function oneOf(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
