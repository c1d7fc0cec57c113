import type { WatchObserver } from '../common/adapters/kubernetes/watching/watch-tools.ts';
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
  interrupted?: { readonly since: number; readonly problem: string };
};

/**
 * Tells of watches in metrics, reports and health. `/readyz` names an interruption from its first moment. `/healthz` turns red for what a
 * restart may mend: a watch that is silent without having noticed, or that could not be taken up again for half an hour.
 */
export function observeWatches({ metrics, report, health, clock }: ObserveWatchesTools): WatchObserver {
  const watches = new Map<string, Watched>();
  health.restartFor('watches', () =>
    [...watches].flatMap(([watch, watched]) => {
      const problem = isExcused(watch, watched) ? undefined : whyRestart(watched, clock());
      return problem === undefined ? [] : [`${watch}: ${problem}`];
    }),
  );

  const begin = (watch: string): Watched => {
    const watched: Watched = { running: 0, heardAt: clock() };
    watches.set(watch, watched);
    metrics.set('acr_helper_watch_interrupted', { watch }, 0);
    // One that never receives anything, because a right is missing, is to be found too.
    if (watch !== 'pods') metrics.set('acr_helper_watch_last_activity_timestamp_seconds', { watch }, clock() / 1000);
    health.watch(`watch ${watch}`, () => (isExcused(watch, watched) ? undefined : watched.interrupted?.problem));
    return watched;
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
      const watched = watches.get(watch);
      if (watched !== undefined) watched.interrupted = { since: clock(), problem: failure.message };
      report({ kind: 'watch-interrupted', watch, failure });
    },
    recovered(watch) {
      const watched = watches.get(watch);
      delete watched?.interrupted;
      report({ kind: 'watch-recovered', watch });
    },
    ended(watch) {
      const watched = watches.get(watch);
      if (watched === undefined || --watched.running > 0) return;
      watches.delete(watch);
      health.forget(`watch ${watch}`);
      metrics.remove('acr_helper_watch_last_activity_timestamp_seconds', { watch });
      metrics.remove('acr_helper_watch_interrupted', { watch });
    },
  };
}

/** Pods are watched for `repair-pods` alone, for which rights may be missing: that keeps no process from the rest of its work. */
function isExcused(watch: string, { interrupted }: Watched): boolean {
  return watch === 'pods' && interrupted !== undefined;
}

function whyRestart({ heardAt, interrupted }: Watched, now: number): string | undefined {
  if (interrupted !== undefined) {
    const seconds = (now - interrupted.since) / 1000;
    return seconds > downSeconds ? `down for ${Math.floor(seconds / 60)} minutes: ${interrupted.problem}` : undefined;
  }
  const silence = (now - heardAt) / 1000;
  return silence > silentSeconds
    ? `nothing came for ${Math.floor(silence / 60)} minutes, and nobody noticed`
    : undefined;
}

/** A living watch begins anew every 40 s, and a silent one is given up after 45 s. */
const silentSeconds = 600;

/** While the API server is down a restart helps nothing and harms little; a new process has new connections, names and tokens. */
const downSeconds = 1800;
