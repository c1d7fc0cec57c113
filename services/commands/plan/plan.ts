import type { Configuration } from '../../../common/domain/configuration/configuration.ts';
import { resolveRegistries } from '../../../common/domain/credentials/resolve-registries.ts';
import { desiredByNamespace } from '../../../common/domain/namespaces/desired-by-namespace.ts';
import { planNamespace } from '../../../common/domain/namespaces/plan-namespace.ts';
import { secretNames } from '../../../common/domain/namespaces/secret-names.ts';
import { assumeCredentials } from '../../../common/domain/plan/assumed-credentials.ts';
import { regionOfSecrets } from '../../../common/domain/plan/local-region.ts';
import { plannedChanges, type PlannedChange } from '../../../common/domain/plan/planned-change.ts';
import {
  addDetachments,
  changeOf,
  countDetachment,
  isHeldBack,
  noDetachment,
  type Detachment,
} from '../../../common/domain/selection/configuration-change.ts';
import type { Clock } from '../../../common/ports/clock.ts';
import type { ClusterLists } from '../../../common/ports/cluster-reader.ts';
import { readObservations } from '../../read-observations.ts';
import { observeCluster } from './observe-cluster.ts';

export type PlanWorld = { readonly lists: ClusterLists; readonly clock: Clock };

export type PlanOptions = {
  readonly configuration: Configuration;
  /** What is in force, as far as it is known: an edit that takes away too much is held back. */
  readonly before?: Configuration | undefined;
  readonly isEmptied: boolean;
  readonly secretName: string;
  /** Names under which there may be Secrets of ours besides. */
  readonly storedNames: readonly string[];
  readonly allowedHosts: readonly string[];
  /** `--region`. */
  readonly region?: string | undefined;
  /** Told of each line as soon as it is known. */
  readonly tell: (change: PlannedChange) => void;
  readonly progress: (what: string, done: number, total?: number) => void;
};

export type PlanResult = {
  readonly namespaces: number;
  readonly counts: Readonly<Partial<Record<PlannedChange['action'], number>>>;
  /** Present: the helper would not take this configuration over before a person confirms it. */
  readonly heldBack?: Detachment | undefined;
  /** Entries need the cluster’s own region, and nothing here tells it. */
  readonly regionUnknown: boolean;
};

/** What a helper would write to the cluster as it is now. Only reads: lists of names, and no Secret’s data. Throws `Failure`. */
export async function planCluster({ lists, clock }: PlanWorld, options: PlanOptions): Promise<PlanResult> {
  const { configuration, before, region, secretName, allowedHosts, progress } = options;
  const names = new Set([
    ...secretNames({ configuration, localRegion: anyRegion }, secretName, new Map()),
    ...options.storedNames,
  ]);
  const { observations, held } = await observeCluster(lists, [...names], progress);
  const found = region ?? regionOfSecrets(configuration, held);
  const localRegion = found ?? anyRegion;
  const now = clock();
  const resolved = resolveRegistries({ configuration, localRegion });
  const records = assumeCredentials(resolved.sources.values(), held, now);
  const desired = desiredByNamespace({ configuration, resolved, records, secretName, allowedHosts, now });
  const change = changeOf({ configuration, localRegion }, before && { configuration: before, localRegion });
  const counts = new Map<PlannedChange['action'], number>();
  const total = (await observations.namespaces()).length;
  let detachment = noDetachment;
  let done = 0;
  for await (const page of readObservations(sorted(observations))) {
    detachment = addDetachments(detachment, countDetachment(change, page, now));
    for (const observation of page) {
      const plan = planNamespace({ observation, configuration, desired: desired(observation.name), secretName, now });
      for (const line of plannedChanges(observation.name, plan, observation.secrets)) {
        counts.set(line.action, (counts.get(line.action) ?? 0) + 1);
        options.tell(line);
      }
    }
    progress('planning', (done += page.length), total);
  }
  const isHeld = before !== undefined && isHeldBack(detachment, options.isEmptied);
  return {
    namespaces: total,
    counts: Object.fromEntries(counts),
    ...(isHeld ? { heldBack: detachment } : {}),
    regionUnknown: found === undefined && configuration.registries.some(({ regionId }) => regionId === undefined),
  };
}

/** Stands for the cluster’s own region while nobody tells it: the plan is the same but for the ids of sources. */
const anyRegion = 'cn-hangzhou';

type Readable = Parameters<typeof readObservations>[0];

/** By name, so that the same cluster always gives the same lines. */
function sorted({ namespaces, read }: Readable): Readable {
  return { read, namespaces: async () => (await namespaces()).toSorted() };
}
