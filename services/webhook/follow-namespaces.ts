import type { AdmissionNamespace } from '../../common/domain/admission/decide-admission.ts';
import type { ClusterWatcher, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';

/** The namespaces of the cluster, in memory: a review does not say what labels and annotations its namespace has. */
export type KnownNamespaces = {
  /** One that is not known yet is waited for a moment: its account may be asked about before the watch has shown it. */
  find(name: string): Promise<AdmissionNamespace | undefined> | AdmissionNamespace | undefined;
  /** The first list is complete. */
  readonly isComplete: () => boolean;
};

/** Follows them until the signal is aborted; `ended` settles then, or rejects when the watch cannot go on. */
export function followNamespaces(
  cluster: Pick<ClusterWatcher, 'watchNamespaces'>,
  signal: AbortSignal,
  patienceMilliseconds = 250,
): KnownNamespaces & { readonly ended: Promise<void> } {
  const known = new Map<string, AdmissionNamespace>();
  const waiting = new Map<string, Set<() => void>>();
  let complete = false;

  const take = (event: WatchEvent<ObservedChange>): void => {
    if (event.type === 'listed') {
      complete = true;
      for (const name of known.keys()) if (!event.keys.has(name)) known.delete(name);
      return;
    }
    for (const change of event.items) {
      if (change.kind !== 'namespace') continue;
      if (change.state === undefined) known.delete(change.namespace);
      else known.set(change.namespace, factsOf(change.state));
      for (const wake of waiting.get(change.namespace) ?? []) wake();
    }
  };

  const wait = (name: string): Promise<AdmissionNamespace | undefined> =>
    new Promise((resolve) => {
      const wakes = waiting.get(name) ?? new Set();
      const done = (): void => {
        clearTimeout(timer);
        wakes.delete(done);
        if (wakes.size === 0) waiting.delete(name);
        resolve(known.get(name));
      };
      const timer = setTimeout(done, patienceMilliseconds);
      waiting.set(name, wakes.add(done));
    });

  return {
    find: (name) => known.get(name) ?? wait(name),
    isComplete: () => complete,
    ended: (async () => {
      for await (const event of cluster.watchNamespaces(signal)) take(event);
    })(),
  };
}

function factsOf({ name, labels, ignored }: AdmissionNamespace): AdmissionNamespace {
  return { name, labels, ignored };
}
