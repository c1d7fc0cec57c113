import type { EventEmitter } from 'node:events';

/**
 * Calls back when Redis was away for so long that locks cannot have been renewed in time: when it returns, other processes may take
 * the messages that are still being handled here. Answers with a function that ends the watch.
 */
export function whenLocksExpire(client: EventEmitter, afterMs: number, expired: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const lost = (): void => {
    timer ??= setTimeout(expired, afterMs).unref();
  };
  const back = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  client.on('close', lost).on('ready', back);
  return () => {
    back();
    client.off('close', lost).off('ready', back);
  };
}
