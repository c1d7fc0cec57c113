import type { EventEmitter } from 'node:events';

/**
 * Calls `stop` once when whoever read one of the streams is gone, as `head` is after its lines: what still runs ends in an orderly
 * way, and not by an exception out of nowhere. Every other error of a stream is thrown.
 */
export function stopWhenNobodyReads(streams: readonly EventEmitter[], stop: () => void): void {
  let hasStopped = false;
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (hasStopped) return;
      hasStopped = true;
      stop();
    });
  }
}
