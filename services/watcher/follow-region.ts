import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { RegionFinder } from '../../common/ports/cloud.ts';
import { persistently } from '../../common/runtime/persistently.ts';

export type FollowRegionTools = {
  readonly regions: RegionFinder;
  readonly report: Report;
  readonly signal: AbortSignal;
};

export type FollowedRegion = {
  current(): string | undefined;
  /** Returns when the region is known, or was looked for so many seconds: only what comes right after the start waits. */
  wait(seconds: number): Promise<void>;
};

/** Looks for the cluster's own region until it is found, and then tells it to `onFound`. */
export function followRegion(
  { regions, report, signal }: FollowRegionTools,
  onFound: (region: string) => Promise<void>,
): FollowedRegion {
  const startedAt = performance.now();
  let current: string | undefined;
  const search = async (): Promise<void> => {
    const region = await persistently(() => regions.findRegion(signal), {
      signal,
      firstSeconds: 5,
      maxSeconds: 60,
      onFailure: (failure) => report({ kind: 'region-unknown', failure }),
    });
    current = region;
    await onFound(region);
  };
  const found = search().catch((error: unknown) => {
    if (!signal.aborted) report({ kind: 'region-unknown', failure: toFailure(error) });
  });
  return {
    current: () => current,
    wait: async (seconds) => {
      const left = startedAt + seconds * 1000 - performance.now();
      if (current !== undefined || left <= 0) return;
      const timeout = new AbortController();
      await Promise.race([found, sleep(left, undefined, { signal: timeout.signal }).catch(() => undefined)]);
      timeout.abort();
    },
  };
}
