import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { ObservedChange, ObservedKind } from '../../common/domain/namespaces/observation.ts';
import type { Tracer } from '../../common/domain/tracing/tracer.ts';
import type { Urgency } from '../../common/domain/urgency.ts';
import type { BeforeList, ClusterWatcher, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { Bus } from '../../queues/bus.ts';
import { noticeRestore, type RestoreNotice } from './notice-restore.ts';
import type { WatchedNames } from './watched-names.ts';

export type WatchClusterTools = {
  readonly cluster: Pick<ClusterWatcher, 'watchNamespaces' | 'watchAccounts' | 'watchSecrets'>;
  /** Of this round: what is told to them counts in its era only. */
  readonly observations: ObservationStore;
  readonly era: string;
  readonly bus: Pick<Bus, 'publish'>;
  readonly report: Report;
  readonly tracer: Tracer;
  readonly signal: AbortSignal;
};

/**
 * Keeps the observations in step with the cluster and names every namespace in which something changed.
 *
 * While the very first lists run nothing is named: what is absent may only not have been listed yet. When all three are complete,
 * one fan-out names everything. After a restart the store knows the cluster as it was, and what differs from that is named at
 * once. Names of Secrets that are added later get a watch of their own and leave the others as they are. A list that is older than what
 * was seen before it shows that the cluster was restored from a backup: then everything is forgotten, and is to be begun anew.
 * Ends with that, or when the signal is aborted.
 */
export async function watchCluster(tools: WatchClusterTools, names: WatchedNames): Promise<void> {
  const { cluster, observations, signal } = tools;
  const isKnown = (await keepTrying(tools, () => observations.listed('everything'))) !== undefined;
  const stops = new Map<string, AbortController>();
  const watchOf = (
    kind: ObservedKind,
    until: AbortSignal,
    start: (beforeList: BeforeList) => Watch['events'],
  ): Watch => {
    const restore = noticeRestore(kind, tools);
    return { kind, events: start(restore.beforeList), restore, until };
  };
  const secretWatch = (name: string): Watch => {
    const stop = new AbortController();
    stops.set(name, stop);
    const until = AbortSignal.any([signal, stop.signal]);
    return { ...watchOf('secret', until, (before) => cluster.watchSecrets(name, until, before)), secretName: name };
  };
  const first: readonly Watch[] = [
    watchOf('namespace', signal, (before) => cluster.watchNamespaces(signal, before)),
    watchOf('account', signal, (before) => cluster.watchAccounts(signal, before)),
    ...names.first.map((name) => secretWatch(name)),
  ];
  const listed = new Set<Watch>();
  const isComplete = (): boolean => first.every((watch) => listed.has(watch));
  let secrets = 0;
  let secretsFinished = Promise.resolve();
  // Several lists may end at the same moment: which one is the last is decided before anything is waited for.
  const finishList = async (watch: Watch, objects: number): Promise<void> => {
    const wasComplete = isComplete();
    listed.add(watch);
    if (watch.kind === 'secret') secrets += objects;
    const isLast = !wasComplete && isComplete();
    if (isLastOfSecrets(watch, first, listed)) secretsFinished = finishSecrets(secrets, tools);
    await secretsFinished;
    if (isLast) await finishFirstLists(tools);
  };
  const follow = async (watch: Watch, restored: () => void): Promise<void> => {
    for await (const event of watch.events) {
      if (event.type !== 'changed' && (await watch.restore.isProvenBy(event.resourceVersion))) return restored();
      const changed = await take(event, watch, tools);
      if (isKnown || isComplete()) await nameNamespaces(changed, watch.kind, tools);
      if (event.type !== 'listed') continue;
      if (watch.secretName !== undefined) names.markListed(watch.secretName);
      if (!listed.has(watch)) await finishList(watch, event.keys.size);
    }
  };
  await new Promise<void>((resolve, reject) => {
    const orFail = (work: Promise<void>, { until }: Watch): void =>
      void work.catch((error: unknown) => until.aborted || reject(toFailure(error)));
    const unfollow = names.follow({
      added: (name) => {
        const watch = secretWatch(name);
        orFail(follow(watch, resolve), watch);
      },
      dropped: (name) => stops.get(name)?.abort(),
      givenUp: (name) => {
        const watch = first.find((each) => each.secretName === name && !listed.has(each));
        if (watch !== undefined) orFail(finishList(watch, 0), watch);
      },
    });
    Promise.all(first.map((watch) => follow(watch, resolve)))
      .finally(unfollow)
      .then(() => resolve(), reject);
  });
}

type Watch = {
  readonly kind: ObservedKind;
  readonly secretName?: string;
  readonly events: AsyncIterable<WatchEvent<ObservedChange>>;
  readonly restore: RestoreNotice;
  /** Ends the watch. */
  readonly until: AbortSignal;
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
      : observations.observe(event.items, event.type === 'page' ? { listVersion: event.resourceVersion } : {}),
  );
}

async function nameNamespaces(
  namespaces: readonly string[],
  kind: ObservedKind,
  tools: WatchClusterTools,
): Promise<void> {
  if (namespaces.length === 0) return;
  const messages = namespaces.map((namespace) => ({ data: { namespace, cause: kind }, urgency: urgencyOf[kind] }));
  // What is no news to any plan, such as the echo of a write, begins no trace.
  const span = {
    name: `observe ${kind}`,
    kind: 'internal',
    parent: 'none',
    attributes: {
      'acr.observed.namespaces': namespaces.length,
      'k8s.namespace.name': namespaces.length === 1 ? namespaces[0] : undefined,
    },
  } as const;
  await tools.tracer.span(span, () => keepTrying(tools, () => tools.bus.publish('namespace.sync', messages)));
}

/** A new namespace or account has nothing yet; a Secret that changed was there before. */
const urgencyOf: Readonly<Record<ObservedKind, Urgency>> = {
  namespace: 'new',
  account: 'new',
  secret: 'drifted',
};

/** Also true of a name that was added later: then there are more Secrets than were told before. */
function isLastOfSecrets(watch: Watch, first: readonly Watch[], listed: ReadonlySet<Watch>): boolean {
  return watch.kind === 'secret' && first.every((other) => other.kind !== 'secret' || listed.has(other));
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
