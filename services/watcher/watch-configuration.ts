import { createHash } from 'node:crypto';
import type { Configuration, ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { parseConfiguration } from '../../common/domain/configuration/parse-configuration.ts';
import { describeProblem } from '../../common/domain/configuration/problems/problem.ts';
import type { Report } from '../../common/domain/happening.ts';
import { notActedOn } from '../../common/domain/selection/not-acted-on.ts';
import type {
  ClusterWatcher,
  ConfigurationStore,
  LastGood,
  ObservationStore,
  ObservedConfigMap,
  RegionFinder,
} from '../../common/ports.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { Bus } from '../../queues/bus.ts';
import { followRegion, type FollowedRegion } from './follow-region.ts';
import { judgeChange } from './judge-change.ts';
import type { LastGoodKeeper } from './keep-last-good.ts';

export type WatchConfigurationTools = {
  readonly cluster: Pick<ClusterWatcher, 'watchConfigMap'>;
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly regions: RegionFinder;
  readonly configurations: ConfigurationStore;
  readonly observations: Pick<ObservationStore, 'listed' | 'namespaces' | 'read'>;
  readonly lastGood: Pick<LastGoodKeeper, 'read' | 'keep' | 'flush'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly report: Report;
  readonly signal: AbortSignal;
};

/**
 * Takes over each valid content of the ConfigMap. A broken edit, one that would detach most of the cluster, or none at all changes
 * nothing: the last good configuration stays in force, also over restarts, and the reason is reported, all of it at once. Ends
 * when the signal is aborted.
 */
export async function watchConfiguration(tools: WatchConfigurationTools): Promise<void> {
  const { cluster, configMap, signal } = tools;
  const region = followRegion(tools, (found) => addRegion(found, tools));
  let seen: string | undefined;
  for await (const event of cluster.watchConfigMap(configMap.namespace, configMap.name, signal)) {
    const latest = event.type === 'listed' ? undefined : event.items.at(-1);
    if (latest === undefined) continue;
    const now = `${latest.data === undefined ? 'none' : versionOf(latest.data)} ${latest.confirm ?? ''}`;
    if (now === seen) continue;
    seen = now;
    if (latest.uid !== undefined) tools.report({ kind: 'configuration-seen', uid: latest.uid });
    if (latest.data === undefined) await reportMissing(region, tools);
    else await judge({ ...latest, data: latest.data }, region, tools);
  }
}

/** A ConfigMap that is there. */
type ReadConfigMap = Pick<ObservedConfigMap, 'uid' | 'confirm'> & Pick<LastGood, 'data'>;

async function judge(
  { data, uid, confirm }: ReadConfigMap,
  region: FollowedRegion,
  tools: WatchConfigurationTools,
): Promise<void> {
  const { report } = tools;
  const { configuration, problems } = parseConfiguration(data);
  const sentences = problems.map((problem) => describeProblem(problem));
  if (configuration === undefined) {
    report({ kind: 'configuration-refused', problems: sentences, keepsLastGood: await fallBack(region, tools) });
    return;
  }
  const version = versionOf(data);
  const before = await keepTrying(tools, () => tools.configurations.read());
  if (before?.version !== version && confirm !== version) {
    const detachment = await keepTrying(tools, () => judgeChange(configuration, tools));
    if (detachment !== undefined) {
      report({
        kind: 'configuration-held-back',
        hash: version,
        ...detachment,
        keepsLastGood: await fallBack(region, tools),
      });
      return;
    }
  }
  await takeOver({ configuration, version, clusterId: uid }, region, tools);
  tools.lastGood.keep({ version, clusterId: uid, data });
  report({
    kind: 'configuration-accepted',
    registries: configuration.registries.length + configuration.mirrors.length,
    warnings: [...sentences, ...notActedOn(configuration)],
    changed: before !== undefined && before.version !== version,
  });
}

async function takeOver(
  inForce: Omit<ConfigurationInForce, 'localRegion'>,
  region: FollowedRegion,
  tools: WatchConfigurationTools,
): Promise<void> {
  if (needsRegion(inForce.configuration)) await region.wait(regionWaitSeconds);
  await putInForce({ ...inForce, localRegion: region.current() }, tools);
}

/** How long a configuration with entries of the cluster's own region waits for it; afterwards the others go ahead without. */
const regionWaitSeconds = 3;

/** Puts the last good configuration in force where none is; answers whether one is then. */
async function fallBack(region: FollowedRegion, tools: WatchConfigurationTools): Promise<boolean> {
  await tools.lastGood.flush();
  if ((await keepTrying(tools, () => tools.configurations.read())) !== undefined) return true;
  const lastGood = await keepTrying(tools, () => tools.lastGood.read());
  const configuration = lastGood === undefined ? undefined : parseConfiguration(lastGood.data).configuration;
  if (lastGood === undefined || configuration === undefined) return false;
  await takeOver({ configuration, version: lastGood.version, clusterId: lastGood.clusterId }, region, tools);
  return true;
}

async function addRegion(localRegion: string, tools: WatchConfigurationTools): Promise<void> {
  const inForce = await keepTrying(tools, () => tools.configurations.read());
  if (inForce !== undefined && inForce.localRegion !== localRegion)
    await putInForce({ ...inForce, localRegion }, tools);
}

async function putInForce(inForce: ConfigurationInForce, tools: WatchConfigurationTools): Promise<void> {
  const { configurations, bus } = tools;
  await keepTrying(tools, () => configurations.write(inForce));
  await keepTrying(tools, () =>
    bus.publish('credential.restore', [{ data: { cause: 'configuration' }, urgency: 'unserved' }]),
  );
  await keepTrying(tools, () =>
    bus.publish('namespace.sync-all', [{ data: { cause: 'configuration' }, urgency: 'expiring' }]),
  );
}

async function reportMissing(region: FollowedRegion, tools: WatchConfigurationTools): Promise<void> {
  const { namespace, name } = tools.configMap;
  const keepsLastGood = await fallBack(region, tools);
  tools.report({ kind: 'configuration-missing', configMap: `${namespace}/${name}`, keepsLastGood });
}

/** Entries that name no region live in the cluster's own. */
function needsRegion({ registries }: Configuration): boolean {
  return registries.some(({ regionId }) => regionId === undefined);
}

/** The same content gives the same version, in whichever order its keys come. */
function versionOf(data: Readonly<Record<string, string>>): string {
  const entries = Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 16);
}

function keepTrying<T>(
  { signal, report }: Pick<WatchConfigurationTools, 'signal' | 'report'>,
  work: () => Promise<T>,
): Promise<T> {
  return persistently(work, {
    signal,
    onFailure: (failure, retryInSeconds) =>
      report({ kind: 'message-failed', message: 'watch', key: 'configuration', failure, retryInSeconds }),
  });
}
