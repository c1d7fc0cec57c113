import { Failure, toFailure } from '../../domain/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RegionFinder } from '../../ports/cloud.ts';
import { checkRegion } from './hosts.ts';
import type { MetadataService } from './metadata-service.ts';

export type RegionFinderOptions = {
  readonly clock: Clock;
  /** `--region`: then nothing is asked. */
  readonly region?: string | undefined;
  readonly metadata: MetadataService;
};

/**
 * The cluster's own region: `--region`, or what the ECS metadata service says, remembered for good. A failure is remembered for a
 * minute, because away from ECS every question costs a time-out. Throws `Failure` `region-unknown`.
 */
export function createRegionFinder(options: RegionFinderOptions): RegionFinder {
  const { clock, metadata } = options;
  let found: string | undefined;
  let failed: { readonly failure: Failure; readonly until: number } | undefined;
  let search: Promise<string> | undefined;

  const ask = async (): Promise<string> => {
    try {
      // Not the caller's signal: others may wait for the same answer. The metadata service has its own time-outs.
      found = await readRegion(metadata, new AbortController().signal);
      return found;
    } catch (thrown) {
      const failure = unknownRegion(toFailure(thrown));
      failed = { failure, until: clock() + failureMilliseconds };
      throw failure;
    } finally {
      search = undefined;
    }
  };

  return {
    findRegion: async () => {
      if (options.region !== undefined) return checkRegion(options.region);
      if (found !== undefined) return found;
      if (failed !== undefined && failed.until > clock()) throw failed.failure;
      search ??= ask();
      return await search;
    },
  };
}

const failureMilliseconds = 60_000;

async function readRegion(metadata: MetadataService, signal: AbortSignal): Promise<string> {
  const region = await metadata.read('/latest/meta-data/region-id', signal);
  if (region === undefined) throw new Failure('region-unknown', 'the ECS metadata service knows no region-id');
  return checkRegion(region);
}

function unknownRegion(cause: Failure): Failure {
  return new Failure('region-unknown', `the cluster’s own region is unknown: ${cause.message}`);
}
