import { parseConfigMap, type ConfigMapContent } from '../../common/domain/configuration/config-map-data.ts';
import type { Configuration, ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { contentVersion } from '../../common/domain/configuration/content-version.ts';
import type { ParsedConfiguration } from '../../common/domain/configuration/parse-configuration.ts';
import { setsNothing } from '../../common/domain/configuration/emptied.ts';
import { describeProblem } from '../../common/domain/configuration/problems/problem.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { Detachment } from '../../common/domain/selection/configuration-change.ts';
import { typedConfiguration } from '../../common/domain/status/typed-configuration.ts';
import { notActedOn } from '../../common/domain/selection/not-acted-on.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { RegionFinder } from '../../common/ports/cloud.ts';
import type { ClusterWatcher, ObservedConfigMap, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import type { ConfigurationStore, ObservationStore } from '../../common/ports/stores.ts';
import type { Bus } from '../../queues/bus.ts';
import { systemTimers } from '../../queues/timers.ts';
import { followRegion } from './follow-region.ts';
import { hadSomethingToLose, judgeChange } from './judge-change.ts';
import type { LastGoodKeeper } from './keep-last-good.ts';
import { createTakeOver, type TakeOver } from './take-over-configuration.ts';
import { settleEdits, type SettleTools } from './settle-edits.ts';

export type WatchConfigurationTools = {
  readonly cluster: Pick<ClusterWatcher, 'watchConfigMap'>;
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly regions: RegionFinder;
  readonly configurations: ConfigurationStore;
  readonly observations: Pick<ObservationStore, 'listed' | 'namespaces' | 'read' | 'era'>;
  readonly lastGood: Pick<LastGoodKeeper, 'read' | 'keep' | 'flush'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly report: Report;
  readonly clock: Clock;
  /** The process's own timers if absent. */
  readonly settling?: SettleTools | undefined;
  readonly signal: AbortSignal;
};

/**
 * Takes over each valid content of the ConfigMap. A broken edit, one that would stop most of the cluster, or none at all changes
 * nothing: the last good configuration stays in force, also over restarts, and the reason is reported, all of it at once. Ends
 * when the signal is aborted.
 */
export async function watchConfiguration(tools: WatchConfigurationTools): Promise<void> {
  const { cluster, configMap, signal, report } = tools;
  const region = followRegion(tools, (found) => takeOver.addRegion(found));
  const takeOver = createTakeOver(region, tools);
  const versions = versionsOf(cluster.watchConfigMap(configMap.namespace, configMap.name, signal));
  let seen: string | undefined;
  let uid: string | undefined;
  let wasTakenOver = true;
  for await (const latest of settleEdits(versions, tools.settling ?? ownTime)) {
    const content = contentOf(latest);
    const version = content === undefined ? undefined : contentVersion(content);
    const now = [version ?? 'none', latest.confirm, latest.uid].join(' ');
    if (now === seen) continue;
    seen = now;
    uid = latest.uid ?? uid;
    const parsed = content === undefined ? undefined : parseConfigMap(content);
    const typed = parsed && typedConfiguration(content?.data ?? {}, parsed.problems, tools.clock());
    report({ kind: 'configuration-seen', uid, resourceVersion: latest.resourceVersion, typed });
    if (content === undefined || version === undefined || parsed === undefined) {
      await reportMissing(takeOver, tools);
      wasTakenOver = false;
    } else {
      wasTakenOver = await judge({ ...latest, content, parsed, version, wasTakenOver }, takeOver, tools);
    }
  }
}

const ownTime: SettleTools = { clock: () => performance.now(), timers: systemTimers };

async function* versionsOf(
  events: AsyncIterable<WatchEvent<ObservedConfigMap>>,
): AsyncGenerator<ObservedConfigMap, void, undefined> {
  for await (const event of events) {
    const latest = event.type === 'listed' ? undefined : event.items.at(-1);
    if (latest !== undefined) yield latest;
  }
}

/** A ConfigMap that is there. */
type ReadConfigMap = Pick<ObservedConfigMap, 'uid' | 'confirm'> & {
  readonly content: Content;
  readonly parsed: ParsedConfiguration;
  readonly version: string;
  /** Whether the content before was taken over; a person wants to hear that this one is, if not. */
  readonly wasTakenOver: boolean;
};

type Content = ConfigMapContent & { readonly data: Readonly<Record<string, string>> };

/** Answers whether it was taken over. */
async function judge(read: ReadConfigMap, takeOver: TakeOver, tools: WatchConfigurationTools): Promise<boolean> {
  const { content, version, uid } = read;
  const { report } = tools;
  const { configuration, problems } = read.parsed;
  const sentences = problems.map((problem) => describeProblem(problem));
  if (configuration === undefined) {
    report({ kind: 'configuration-refused', problems: sentences, keepsLastGood: await takeOver.fallBack() });
    return false;
  }
  const { before, detachment } = await compare(configuration, read, takeOver, tools);
  if (detachment !== undefined) {
    const keepsLastGood = await takeOver.fallBack();
    report({ kind: 'configuration-held-back', hash: version, ...detachment, keepsLastGood });
    return false;
  }
  // The cluster stays the same when its ConfigMap is created anew.
  const clusterId = before?.clusterId ?? uid;
  await takeOver.putInForce({ configuration, version, clusterId });
  tools.lastGood.keep({ version, clusterId, ...content });
  report({
    kind: 'configuration-accepted',
    version,
    registries: configuration.registries.length + configuration.mirrors.length,
    warnings: [...sentences, ...notActedOn(configuration)],
    changed: !read.wasTakenOver || before?.version !== version,
  });
  return true;
}

type Comparison = {
  readonly before?: ConfigurationInForce | undefined;
  /** Present: the change is held back. */
  readonly detachment?: Detachment | undefined;
};

/** A cluster in which nothing of ours is there yet has nothing to lose: its first start waits for nothing. */
async function compare(
  configuration: Configuration,
  { content, version, confirm }: ReadConfigMap,
  takeOver: TakeOver,
  tools: WatchConfigurationTools,
): Promise<Comparison> {
  const inForce = await takeOver.current();
  if (inForce?.version === version) return { before: inForce };
  if (inForce === undefined && !(await hadSomethingToLose(tools))) return {};
  const before = inForce ?? (await takeOver.lastGood());
  if (before?.version === version || confirm === version) return { before };
  const localRegion = takeOver.localRegion() ?? before?.localRegion;
  const next = { configuration, localRegion };
  const change = {
    next,
    before: before === undefined ? undefined : { ...before, localRegion: before.localRegion ?? localRegion },
    isEmptied: setsNothing(content),
  };
  return { before, detachment: await takeOver.persist(() => judgeChange(change, tools)) };
}

async function reportMissing(takeOver: TakeOver, tools: WatchConfigurationTools): Promise<void> {
  const { namespace, name } = tools.configMap;
  const keepsLastGood = await takeOver.fallBack();
  tools.report({ kind: 'configuration-missing', configMap: `${namespace}/${name}`, keepsLastGood });
}

function contentOf({ data, binaryData }: ObservedConfigMap): Content | undefined {
  return data === undefined ? undefined : { data, ...(binaryData === undefined ? {} : { binaryData }) };
}
