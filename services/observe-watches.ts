import type { WatchObserver } from '../common/adapters/kubernetes/watching/watch-tools.ts';
import type { Failure } from '../common/domain/failure.ts';
import type { Report } from '../common/domain/happening.ts';
import type { Clock } from '../common/ports/clock.ts';
import type { Metrics } from '../common/runtime/metrics.ts';
import type { Health } from './health.ts';

export type ObserveWatchesTools = {
  readonly metrics: Pick<Metrics, 'set' | 'remove'>;
  readonly report: Report;
  readonly health: Health;
  readonly clock: Clock;
};

/** What is known of the watches of one resource. */
type Watched = {
  /** How many there are: Secrets are watched by name. */
  running: number;
  heardAt: number;
  /** From which failures they have not recovered, and since when: at most one for each. */
  readonly down: Map<Failure, number>;
};

/**
 * Tells of watches in metrics, reports and health. `/readyz` names an interruption from its first moment. `/healthz` turns red for what a
 * restart may mend: a watch that is silent without having noticed, or that could not be taken up again for half an hour.
 */
export function observeWatches({ metrics, report, health, clock }: ObserveWatchesTools): WatchObserver {
  const watches = new Map<string, Watched>();
  health.restartFor('watches', () =>
    [...watches].flatMap(([watch, watched]) => {
      const problem = whyRestart(watch, watched, clock());
      return problem === undefined ? [] : [`${watch}: ${problem}`];
    }),
  );

  const begin = (watch: string): Watched => {
    const watched: Watched = { running: 0, heardAt: clock(), down: new Map() };
    watches.set(watch, watched);
    metrics.set('acr_helper_watch_interrupted', { watch }, 0);
    // One that never receives anything, because a right is missing, is to be found too.
    if (watch !== 'pods') metrics.set('acr_helper_watch_last_activity_timestamp_seconds', { watch }, clock() / 1000);
    health.watch(`watch ${watch}`, () => unexcused(watch, watched)[0]?.failure.message);
    return watched;
  };

  const forget = (watch: string, watched: Watched, failure: Failure): void => {
    watched.down.delete(failure);
    if (watched.down.size > 0) metrics.set('acr_helper_watch_interrupted', { watch }, 1);
  };

  return {
    activity(watch, at) {
      const watched = watches.get(watch);
      if (watched === undefined) return;
      watched.heardAt = clock();
      metrics.set('acr_helper_watch_last_activity_timestamp_seconds', { watch }, at / 1000);
    },
    listing(watch, cause) {
      const watched = watches.get(watch) ?? begin(watch);
      if (cause === 'start') watched.running++;
      report({ kind: 'watch-listed', watch });
    },
    problem(watch, failure) {
      watches.get(watch)?.down.set(failure, clock());
      report({ kind: 'watch-interrupted', watch, failure });
    },
    recovered(watch, failure) {
      report({ kind: 'watch-recovered', watch });
      const watched = watches.get(watch);
      if (watched !== undefined) forget(watch, watched, failure);
    },
    ended(watch, failure) {
      const watched = watches.get(watch);
      if (watched === undefined) return;
      if (failure !== undefined) {
        metrics.set('acr_helper_watch_interrupted', { watch }, 0);
        forget(watch, watched, failure);
      }
      if (--watched.running > 0) return;
      watches.delete(watch);
      health.forget(`watch ${watch}`);
      metrics.remove('acr_helper_watch_last_activity_timestamp_seconds', { watch });
      metrics.remove('acr_helper_watch_interrupted', { watch });
    },
  };
}

type Down = { readonly failure: Failure; readonly since: number };

/**
 * What keeps the process from its work. A right that is missing for one thing does not keep it from the rest: for pods, which are watched
 * for `repair-pods` alone, and for some of the Secrets, such as those of domains whose names nobody granted.
 */
function unexcused(watch: string, { running, down }: Watched): readonly Down[] {
  if (watch === 'pods') return [];
  const all = [...down].map(([failure, since]) => ({ failure, since }));
  const others = all.filter(({ failure }) => !isForbidden(failure));
  return all.length - others.length < running ? others : all;
}

function isForbidden({ code }: Failure): boolean {
  return code === 'kubernetes-forbidden';
}

function whyRestart(watch: string, watched: Watched, now: number): string | undefined {
  // A right that is missing is missing after a restart, too.
  const longest = unexcused(watch, watched).find(
    ({ failure, since }) => !isForbidden(failure) && (now - since) / 1000 > downSeconds,
  );
  if (longest !== undefined)
    return `down for ${Math.floor((now - longest.since) / 60_000)} minutes: ${longest.failure.message}`;
  const silence = (now - watched.heardAt) / 1000;
  return watched.down.size < watched.running && silence > silentSeconds
    ? `nothing came for ${Math.floor(silence / 60)} minutes, and nobody noticed`
    : undefined;
}

/** A living watch begins anew every 40 s, and a silent one is given up after 45 s. */
const silentSeconds = 600;

/** While the API server is down a restart helps nothing and harms little; a new process has new connections, names and tokens. */
const downSeconds = 1800;
