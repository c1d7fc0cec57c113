import { setImmediate as letOthersGoFirst, setTimeout as sleep } from 'node:timers/promises';
import { coverageOf, coverageStates, type CoverageState } from '../../common/domain/namespaces/coverage.ts';
import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import type { DesiredSecrets } from '../../common/domain/namespaces/desired-secrets.ts';
import { planNamespace } from '../../common/domain/namespaces/plan-namespace.ts';
import { selectsEntry } from '../../common/domain/selection/selection.ts';
import { toFailure } from '../../common/domain/failure.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ConfigurationStore, ObservationStore } from '../../common/ports/stores.ts';
import { readObservations } from '../read-observations.ts';
import type { WriterWorld } from '../world.ts';
import type { DesiredSecretsCache } from './desired-secrets-cache.ts';

export type CoverageTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'listed' | 'namespaces' | 'read'>;
  readonly desiredSecrets: Pick<DesiredSecretsCache, 'forNamespace'>;
  readonly secretName: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * How many namespaces are in each state. Every namespace is planned anew, a page at a time, so that the work of the writer goes
 * on in between. Absent: nothing is known yet, or `signal` is aborted. Throws `redis-unreachable`.
 */
export async function countCoverage(tools: CoverageTools): Promise<ReadonlyMap<CoverageState, number> | undefined> {
  const { configurations, observations, desiredSecrets, secretName, clock, signal } = tools;
  const [inForce, listed] = await Promise.all([configurations.read(), observations.listed('everything')]);
  if (inForce === undefined || listed === undefined) return undefined;
  const { configuration } = inForce;
  const wanted = oncePerSet(configuration, (name) => desiredSecrets.forNamespace(name, inForce, clock()));
  const counts = new Map<CoverageState, number>(coverageStates.map((state) => [state, 0]));
  for await (const page of readObservations(observations, namespacesAtOnce)) {
    for (const observation of page) {
      const now = clock();
      const desired = await wanted(observation.name);
      const plan = planNamespace({ observation, configuration, desired, secretName, now });
      const state = coverageOf(observation, configuration, plan, now);
      if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    await letOthersGoFirst();
    if (signal.aborted) return undefined;
  }
  return counts;
}

/** In a millisecond or two: a new account waits behind them. */
const namespacesAtOnce = 20;

/** Namespaces that the same entries concern get the same Secrets: with many registries that is most of the work. */
function oncePerSet(
  { registries, mirrors }: Configuration,
  make: (namespace: string) => Promise<DesiredSecrets>,
): (namespace: string) => Promise<DesiredSecrets> {
  const bySet = new Map<string, Promise<DesiredSecrets>>();
  const limited = [...registries, ...mirrors].filter(({ namespaces }) => namespaces !== undefined);
  return (namespace) => {
    const key = limited.flatMap((entry) => (selectsEntry(entry, namespace) ? entry.index : [])).join();
    const known = bySet.get(key) ?? make(namespace);
    bySet.set(key, known);
    return known;
  };
}

/** Keeps the gauge up to date: apart from the scrapes, which must be quick. */
export function followCoverage(desiredSecrets: DesiredSecretsCache, world: WriterWorld): void {
  const { metrics, settings, shutdown, report } = world;
  const { signal } = shutdown;
  const running = (async () => {
    while (!signal.aborted) {
      const startedAt = performance.now();
      try {
        const counts = await countCoverage({ ...world, desiredSecrets, secretName: settings.secretName, signal });
        metrics.clear('acr_helper_namespaces');
        for (const [state, count] of counts ?? []) metrics.set('acr_helper_namespaces', { state }, count);
      } catch (error) {
        // What was true before is worse than nothing.
        metrics.clear('acr_helper_namespaces');
        const failure = toFailure(error);
        // That the connection is lost was said, once.
        if (failure.code !== 'redis-unreachable')
          report({ kind: 'message-failed', message: 'namespace.sync', key: 'coverage', failure, retryInSeconds });
      }
      const took = performance.now() - startedAt;
      await sleep(Math.max(retryInSeconds * 1000, took * restFactor), undefined, { signal }).catch(() => undefined);
    }
  })();
  shutdown.add('coverage', () => running);
}

const retryInSeconds = 5;

/** At most a twentieth of the time is spent on counting, however large the cluster is. */
const restFactor = 20;
