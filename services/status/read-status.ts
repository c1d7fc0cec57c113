import { setImmediate as letOthersGoFirst } from 'node:timers/promises';
import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import type { CredentialRecord } from '../../common/domain/credentials/credential.ts';
import { describeSource } from '../../common/domain/credentials/credential-source.ts';
import { renewalRule } from '../../common/domain/credentials/plan-renewals.ts';
import { resolveRegistries, type ResolvedRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { desiredByNamespace } from '../../common/domain/namespaces/desired-by-namespace.ts';
import type { AwaitedSource } from '../../common/domain/namespaces/desired-secrets.ts';
import { buildStatus } from '../../common/domain/status/build-status.ts';
import { CoverageTally } from '../../common/domain/status/coverage.ts';
import { credentialStatuses } from '../../common/domain/status/credential-status.ts';
import { namespaceStatus } from '../../common/domain/status/namespace-status.ts';
import type { Coverage, Status } from '../../common/domain/status/status.ts';
import { version } from '../../common/runtime/version.ts';
import { readObservations } from '../read-observations.ts';
import type { World } from '../world.ts';
import type { RecentActivity } from './recent-activity.ts';

export type StatusTools = Pick<
  World,
  'settings' | 'clock' | 'bus' | 'configurations' | 'observations' | 'credentials' | 'health'
> & { readonly activity: RecentActivity; readonly startedAt: number };

/** How things are, from the stores: any process that shares them can answer. Throws `Failure` when they cannot be read. */
export async function readStatus(everything: boolean, tools: StatusTools): Promise<Status> {
  const { settings, clock, bus, configurations, activity, health, startedAt } = tools;
  const now = clock();
  const [inForce, queues] = await Promise.all([configurations.read(), bus.depths()]);
  const served = inForce === undefined ? noneInForce : await readServed(inForce, everything, now, tools);
  return buildStatus({
    at: now,
    helper: { version, roles: settings.roles, startedAt },
    ...served,
    queues: queues.toSorted((a, b) => (a.queue < b.queue ? -1 : 1)),
    api: activity.apiUse(),
    configuration: {
      configMap: `${settings.configMap.namespace}/${settings.configMap.name}`,
      inForce: inForce === undefined ? undefined : describeInForce(inForce, activity),
      latestEdit: activity.latestEdit(),
    },
    problems: health.problems(),
  });
}

type Served = Pick<Status, 'credentials' | 'coverage'>;

const noneInForce: Served = { credentials: [], coverage: new CoverageTally(false).result(false) };

async function readServed(
  inForce: ConfigurationInForce,
  everything: boolean,
  now: number,
  tools: StatusTools,
): Promise<Served> {
  const resolved = resolveRegistries(inForce);
  const records = await tools.credentials.read([...resolved.sources.keys()]);
  return {
    credentials: credentialStatuses({ resolved, records, rule: renewalRule(inForce), now }),
    coverage: await readCoverage({ inForce, resolved, records, everything, now }, tools),
  };
}

type CoverageInput = {
  readonly inForce: ConfigurationInForce;
  readonly resolved: ResolvedRegistries;
  readonly records: ReadonlyMap<string, CredentialRecord>;
  readonly everything: boolean;
  readonly now: number;
};

async function readCoverage(
  { inForce, resolved, records, everything, now }: CoverageInput,
  { settings, observations }: StatusTools,
): Promise<Coverage> {
  const { configuration } = inForce;
  const { secretName, allowedHosts } = settings;
  const desired = desiredByNamespace({ configuration, resolved, records, secretName, allowedHosts, now });
  const describe = ({ sourceId }: AwaitedSource): string => describeAwaited(sourceId, resolved, records);
  const tally = new CoverageTally(everything);
  for await (const page of readObservations(observations)) {
    for (const observation of page) {
      const status = namespaceStatus({
        observation,
        configuration,
        desired: desired(observation.name),
        secretName,
        describeAwaited: describe,
        now,
      });
      if (status !== undefined) tally.add(status);
    }
    await letOthersGoFirst();
  }
  return tally.result((await observations.listed('everything')) !== undefined);
}

function describeAwaited(
  sourceId: string | undefined,
  { sources }: ResolvedRegistries,
  records: ReadonlyMap<string, CredentialRecord>,
): string {
  const source = sourceId === undefined ? undefined : sources.get(sourceId);
  if (sourceId === undefined || source === undefined) return 'the cluster’s own region is not known yet';
  const failure = records.get(sourceId)?.failure;
  return `no credential of ${describeSource(source)}${failure === undefined ? ' yet' : `: ${failure.message}`}`;
}

function describeInForce(
  { configuration, version: contentHash, localRegion }: ConfigurationInForce,
  activity: RecentActivity,
): Status['configuration']['inForce'] {
  return {
    version: contentHash,
    registries: configuration.registries.length + configuration.mirrors.length,
    localRegion,
    since: activity.inForceSince(contentHash),
  };
}
