import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration, ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { parseConfiguration } from '../../common/domain/configuration/parse-configuration.ts';
import { describeProblem } from '../../common/domain/configuration/problem.ts';

import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { ClusterWatcher, ConfigurationStore, ObservedConfigMap, RegionFinder } from '../../common/ports.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { Bus } from '../../queues/bus.ts';

export type WatchConfigurationTools = {
  readonly cluster: Pick<ClusterWatcher, 'watchConfigMap'>;
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly regions: RegionFinder;
  readonly configurations: ConfigurationStore;
  readonly bus: Pick<Bus, 'publish'>;
  readonly report: Report;
  readonly signal: AbortSignal;
};

/**
 * Takes over each valid content of the ConfigMap. A broken edit, or none at all, changes nothing: the last good configuration
 * stays in force and the problems are reported, all at once. Ends when the signal is aborted.
 */
export async function watchConfiguration(tools: WatchConfigurationTools): Promise<void> {
  const { cluster, configMap, signal } = tools;
  const region = followRegion(tools);
  let lastVersion: string | undefined;
  for await (const event of cluster.watchConfigMap(configMap.namespace, configMap.name, signal)) {
    const isEmptyList = event.type === 'listed' && event.keys.size === 0;
    const latest: ObservedConfigMap | undefined = event.type === 'listed' ? undefined : event.items.at(-1);
    if (isEmptyList || (latest !== undefined && latest.data === undefined)) {
      lastVersion = undefined;
      await reportMissing(tools);
    } else if (latest?.data !== undefined) {
      const version = versionOf(latest.data);
      if (version === lastVersion) continue;
      lastVersion = version;
      await takeOver({ ...latest, data: latest.data }, version, region, tools);
    }
  }
}

/** A ConfigMap that is there. */
type ReadConfigMap = { readonly uid?: string | undefined; readonly data: Readonly<Record<string, string>> };

async function takeOver(
  { data, uid }: ReadConfigMap,
  version: string,
  region: FollowedRegion,
  tools: WatchConfigurationTools,
): Promise<void> {
  const { configuration, problems } = parseConfiguration(data);
  if (configuration === undefined) {
    const inForce = await keepTrying(tools, () => tools.configurations.read());
    tools.report({
      kind: 'configuration-refused',
      problems: problems.map((problem) => describeProblem(problem)),
      keepsLastGood: inForce !== undefined,
    });
    return;
  }
  if (needsRegion(configuration)) await region.wait(regionWaitSeconds);
  await putInForce({ configuration, version, localRegion: region.current(), clusterId: uid }, tools);
  tools.report({
    kind: 'configuration-accepted',
    registries: configuration.registries.length + configuration.mirrors.length,
    warnings: problems.map((problem) => describeProblem(problem)),
  });
}

/** How long a configuration with entries of the cluster's own region waits for it; afterwards the others go ahead without. */
const regionWaitSeconds = 3;

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

async function reportMissing({ configMap, configurations, report, ...tools }: WatchConfigurationTools): Promise<void> {
  const inForce = await keepTrying({ report, ...tools }, () => configurations.read());
  report({
    kind: 'configuration-missing',
    configMap: `${configMap.namespace}/${configMap.name}`,
    keepsLastGood: inForce !== undefined,
  });
}

/** Entries that name no region live in the cluster's own. */
function needsRegion({ registries }: Configuration): boolean {
  return registries.some(({ regionId }) => regionId === undefined);
}

type FollowedRegion = {
  current(): string | undefined;
  /** Returns when the region is known, or after so many seconds. */
  wait(seconds: number): Promise<void>;
};

/** Looks for the region until it is found; a configuration that went ahead without it is then put in force anew. */
function followRegion(tools: WatchConfigurationTools): FollowedRegion {
  const { regions, configurations, report, signal } = tools;
  let current: string | undefined;
  const search = async (): Promise<void> => {
    current = await persistently(() => regions.findRegion(signal), {
      signal,
      maxSeconds: 60,
      onFailure: (failure) => report({ kind: 'region-unknown', failure }),
    });
    const inForce = await keepTrying(tools, () => configurations.read());
    if (inForce !== undefined && inForce.localRegion !== current)
      await putInForce({ ...inForce, localRegion: current }, tools);
  };
  const found = search().catch((error: unknown) => {
    if (!signal.aborted) report({ kind: 'region-unknown', failure: toFailure(error) });
  });
  return {
    current: () => current,
    wait: async (seconds) => {
      const timeout = new AbortController();
      await Promise.race([found, sleep(seconds * 1000, undefined, { signal: timeout.signal }).catch(() => undefined)]);
      timeout.abort();
    },
  };
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
