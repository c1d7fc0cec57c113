import type { Report } from '../../common/domain/happening.ts';
import type { ObservedChange, ObservedKind } from '../../common/domain/namespaces/observation.ts';
import type { Urgency } from '../../common/domain/urgency.ts';
import type { ClusterWatcher, ObservationStore, WatchEvent } from '../../common/ports.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { Bus } from '../../queues/bus.ts';

export type WatchClusterTools = {
  readonly cluster: Pick<ClusterWatcher, 'watchNamespaces' | 'watchAccounts' | 'watchSecrets'>;
  readonly observations: ObservationStore;
  readonly bus: Pick<Bus, 'publish'>;
  readonly report: Report;
  readonly signal: AbortSignal;
};

/**
 * Keeps the observations in step with the cluster and names every namespace in which something changed.
 *
 * While the first lists run nothing is named: what is absent may only not have been listed yet. When all three are complete,
 * one fan-out names everything. Ends when the signal is aborted.
 */
export async function watchCluster(tools: WatchClusterTools, secretNames: readonly string[]): Promise<void> {
  const { cluster, signal } = tools;
  const watches: readonly Watch[] = [
    { kind: 'namespace', events: cluster.watchNamespaces(signal) },
    { kind: 'account', events: cluster.watchAccounts(signal) },
    ...secretNames.map((name): Watch => ({
      kind: 'secret',
      secretName: name,
      events: cluster.watchSecrets(name, signal),
    })),
  ];
  const listed = new Set<Watch>();
  let secrets = 0;
  const follow = async (watch: Watch): Promise<void> => {
    for await (const event of watch.events) {
      const changed = await take(event, watch, tools);
      const isComplete = listed.size === watches.length;
      if (isComplete) await nameNamespaces(changed, watch.kind, tools);
      if (event.type !== 'listed' || isComplete) continue;
      listed.add(watch);
      if (watch.kind === 'secret') secrets += event.keys.size;
      if (isLastOfSecrets(watch, watches, listed)) await finishSecrets(secrets, tools);
      if (listed.size === watches.length) await finishFirstLists(tools);
    }
  };
  await Promise.all(watches.map(follow));
}

type Watch = {
  readonly kind: ObservedKind;
  readonly secretName?: string;
  readonly events: AsyncIterable<WatchEvent<ObservedChange>>;
};

async function take(
  event: WatchEvent<ObservedChange>,
  { kind, secretName }: Watch,
  tools: WatchClusterTools,
): Promise<readonly string[]> {
  const { observations } = tools;
  return keepTrying(tools, () =>
    event.type === 'listed'
      ? observations.prune(kind, event.keys, event.resourceVersion, secretName)
      : observations.observe(event.items),
  );
}

async function nameNamespaces(
  namespaces: readonly string[],
  kind: ObservedKind,
  tools: WatchClusterTools,
): Promise<void> {
  if (namespaces.length === 0) return;
  const messages = namespaces.map((namespace) => ({ data: { namespace, cause: kind }, urgency: urgencyOf[kind] }));
  await keepTrying(tools, () => tools.bus.publish('namespace.sync', messages));
}

/** A new namespace or account has nothing yet; a Secret that changed was there before. */
const urgencyOf: Readonly<Record<ObservedKind, Urgency>> = {
  namespace: 'unserved',
  account: 'unserved',
  secret: 'drifted',
};

function isLastOfSecrets(watch: Watch, watches: readonly Watch[], listed: ReadonlySet<Watch>): boolean {
  return watch.kind === 'secret' && watches.every((other) => other.kind !== 'secret' || listed.has(other));
}

/** Credentials need not wait for the other lists: what our Secrets hold is taken back, and the rest is fetched meanwhile. */
async function finishSecrets(secrets: number, tools: WatchClusterTools): Promise<void> {
  await keepTrying(tools, () => tools.observations.markListed('secrets', secrets));
  await keepTrying(tools, () =>
    tools.bus.publish('credential.restore', [{ data: { cause: 'observed' }, urgency: 'unserved' }]),
  );
}

async function finishFirstLists(tools: WatchClusterTools): Promise<void> {
  const { observations, bus, report } = tools;
  await keepTrying(tools, () => observations.markListed('everything', 0));
  await keepTrying(tools, () =>
    bus.publish('namespace.sync-all', [{ data: { cause: 'observed' }, urgency: 'expiring' }]),
  );
  report({ kind: 'cluster-observed', namespaces: (await observations.namespaces()).length });
}

function keepTrying<T>({ signal, report }: WatchClusterTools, work: () => Promise<T>): Promise<T> {
  return persistently(work, {
    signal,
    onFailure: (failure, retryInSeconds) =>
      report({ kind: 'message-failed', message: 'watch', key: 'cluster', failure, retryInSeconds }),
  });
}
