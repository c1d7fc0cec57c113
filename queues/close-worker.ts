import type { Worker } from 'bullmq';

import { closeWithinSeconds } from './bus-limits.ts';
import { endClient } from './end-client.ts';

/**
 * Closes a worker of BullMQ: waits for its handlers, at most ten seconds.
 *
 * BullMQ waits longer than that makes sense. Without an end during an outage: for its blocking connection (see `endClient`), and to
 * tell Redis what became of the jobs. Six seconds after a cut connection: for the answer to a blocking command that was
 * lost. So the connection is ended here, and nothing else is waited for long once no handler runs: a message whose end was not
 * told to Redis is taken up again when its lock expires.
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
    // BullMQ has told it to end before. It may be away while the others are back already, or have come back since.
    const blocking = await Promise.race([worker.getBackend().blockingClient, Promise.resolve(undefined)]);
    if (blocking !== undefined && blocking.status !== 'end') endClient(blocking);
    const waitsInVain = !isConnected() || blocking?.status === 'end';
    if (waitsInVain && !isHandling() && waitedMs >= 1000) return;
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
