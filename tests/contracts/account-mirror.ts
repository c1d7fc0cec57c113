import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';
import type { WatchEvent } from '../../common/ports/cluster-watcher.ts';

/** What a reader of a watch believes: `namespace/name` → version, kept as the observation store keeps it. */
export type Mirror = {
  readonly objects: ReadonlyMap<string, string>;
  /** Resolves as soon as the mirror fits. */
  until(fits: (objects: ReadonlyMap<string, string>) => boolean): Promise<void>;
  lists(): number;
};

/** Reads the watch in the background until it ends. */
export function mirror(events: AsyncIterable<WatchEvent<ObservedChange>>): Mirror {
  const objects = new Map<string, string>();
  let lists = 0;
  let waiting: (() => void)[] = [];

  const take = (event: WatchEvent<ObservedChange>): void => {
    if (event.type === 'listed') {
      lists++;
      for (const key of objects.keys()) if (!event.keys.has(key)) objects.delete(key);
      return;
    }
    for (const change of event.items) {
      if (change.kind === 'namespace') continue;
      const key = `${change.namespace}/${change.name}`;
      if (change.state === undefined) objects.delete(key);
      else objects.set(key, change.resourceVersion);
    }
  };

  void (async () => {
    for await (const event of events) {
      take(event);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    }
  })();

  return {
    objects,
    lists: () => lists,
    async until(fits) {
      while (!fits(objects)) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
    },
  };
}
