import { Failure } from '../common/domain/failure.ts';
import { catalog, type MessageName } from './catalog.ts';

/**
 * The queue that a consumer takes from: the one it names, or the only one of the message.
 * Throws `setting-invalid` for a message with a queue per pool when none is named.
 */
export function queueOfConsumer(name: MessageName, queue: string | undefined): string {
  if (queue !== undefined) return queue;
  if (name === 'credential.fetch') {
    throw new Failure('setting-invalid', `${name} has a queue for each pool: say which one to consume, fetch.<pool>`);
  }
  const only: () => string = catalog[name].queue as () => string;
  return only();
}

/** Every queue that there always is; one more for each pool is in the configuration (`queueOfPool`). */
export function fixedQueues(): readonly string[] {
  const names = Object.keys(catalog) as MessageName[];
  return names.filter((name) => name !== 'credential.fetch').map((name) => queueOfConsumer(name, undefined));
}

export function queueOfPool(pool: string): string {
  return catalog['credential.fetch'].queue({ pool, sourceId: '' });
}
