import type { EventEmitter } from 'node:events';

import { describeRedisError } from '../common/domain/redis-failure.ts';
import type { BusObserver } from './bus.ts';

/** Tells once when the first of these connections is lost, and once when all are back. Answers with a function that ends the watch. */
export function watchConnections(
  clients: readonly EventEmitter[],
  observe: NonNullable<BusObserver['connection']>,
): () => void {
  const down = new Set<EventEmitter>();
  const endings = clients.map((client) => {
    let problem = 'the connection was closed';
    const failed = (error: Error): void => {
      problem = describeRedisError(error);
    };
    const lost = (): void => {
      if (down.size === 0) observe('lost', problem);
      down.add(client);
    };
    const back = (): void => {
      problem = 'the connection was closed';
      if (down.delete(client) && down.size === 0) observe('restored', '');
    };
    client.on('error', failed).on('close', lost).on('ready', back);
    return () => {
      client.off('error', failed).off('close', lost).off('ready', back);
    };
  });
  return () => {
    for (const end of endings) end();
  };
}
