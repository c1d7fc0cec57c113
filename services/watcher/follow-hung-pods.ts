import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { NamespaceObservation } from '../../common/domain/namespaces/observation.ts';
import type { HungPod } from '../../common/domain/pods/hung-pod.ts';
import { planRepair } from '../../common/domain/pods/plan-repair.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ClusterWatcher } from '../../common/ports/cluster-watcher.ts';
import type { ConfigurationStore, ObservationStore } from '../../common/ports/stores.ts';
import type { Bus } from '../../queues/bus.ts';
import { HungPods } from './hung-pods.ts';
import { createNews } from './news.ts';

export type FollowHungPodsTools = {
  readonly cluster: Pick<ClusterWatcher, 'watchPods'>;
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'read' | 'listed'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly report: Report;
  /** Tells of each configuration that is put in force. */
  readonly onConfiguration: (listener: () => void) => () => void;
  readonly signal: AbortSignal;
};

/**
 * For as long as `repair-pods` is enabled, watches the pods that have not started and names those that were admitted before their
 * account had the reference. Without it no pod is listed or watched. Ends when the signal is aborted.
 *
 * A pod is named again and again while it hangs: whoever handles it may say "later" and forget it.
 */
export async function followHungPods(tools: FollowHungPodsTools): Promise<void> {
  const { configurations, report, signal } = tools;
  const news = createNews();
  signal.addEventListener('abort', news.tell, { once: true });
  const endNews = tools.onConfiguration(news.tell);
  let watch: PodWatch | undefined;
  while (!signal.aborted) {
    try {
      const isEnabled = (await configurations.read())?.configuration.repairPods === true;
      if (isEnabled) watch ??= startPodWatch(tools);
      else {
        watch?.stop();
        watch = undefined;
      }
      if (watch !== undefined) await nameRepairable(watch.pods, tools);
    } catch (error) {
      report({ kind: 'message-failed', message: 'watch', key: 'hung pods', failure: toFailure(error) });
    }
    await news.wait(lookSeconds);
  }
  endNews();
  watch?.stop();
}

/** Also how soon a configuration is noticed that another process has put in force. */
const lookSeconds = 5;

type PodWatch = { readonly pods: HungPods; readonly stop: () => void };

function startPodWatch({ cluster, report, signal }: FollowHungPodsTools): PodWatch {
  const pods = new HungPods();
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const follow = async (): Promise<void> => {
    for await (const event of cluster.watchPods(until)) pods.take(event);
  };
  void follow().catch((error: unknown) =>
    report({ kind: 'message-failed', message: 'watch', key: 'pods', failure: toFailure(error) }),
  );
  return { pods, stop: () => stop.abort() };
}

/** Names a few at a time, each in turn: no more are evicted in that time anyway. */
async function nameRepairable(pods: HungPods, tools: FollowHungPodsTools): Promise<void> {
  const { configurations, observations, bus, clock } = tools;
  const candidates = pods.all();
  const inForce = candidates.length === 0 ? undefined : await configurations.read();
  if (inForce === undefined || (await observations.listed('everything')) === undefined) return;
  const { configuration } = inForce;
  const seen = new Map<string, NamespaceObservation>();
  const named: HungPod[] = [];
  for (const pod of candidates) {
    if (named.length >= namedAtOnce || (seen.size >= namespacesAtOnce && !seen.has(pod.namespace))) break;
    const observation = seen.get(pod.namespace) ?? (await observations.read(pod.namespace));
    seen.set(pod.namespace, observation);
    pods.lookedAt(pod);
    if (planRepair({ pod, observation, configuration, now: clock() }).repair) named.push(pod);
  }
  const messages = named.map(({ namespace, name }) => ({
    data: { namespace, pod: name },
    urgency: 'drifted' as const,
  }));
  if (messages.length > 0) await bus.publish('pod.repair', messages);
}

const namedAtOnce = 5;
/** Each may be a round trip to Redis. */
const namespacesAtOnce = 100;
