import { Failure, toFailure } from '../../domain/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import { createBoundedMap } from './bounded-map.ts';
import { describeCall, type CloudAnswer, type CloudCall } from './cloud-call.ts';
import type { CloudClient } from './cloud-client.ts';
import { apiHosts } from './hosts.ts';

/** Calls an API of a region, at whichever of its hosts can be reached. */
export type RegionalClient = {
  /** A call without a region goes to the cluster's own. Throws `Failure`; when no host answered it names all that were tried. */
  call(call: CloudCall, signal: AbortSignal): Promise<CloudAnswer>;
};

export type RegionalClientOptions = {
  readonly client: CloudClient;
  readonly clock: Clock;
  readonly allowedHosts: readonly string[];
  /** The cluster's own region, `undefined` while it is unknown; must not throw. */
  readonly findLocalRegion: (signal: AbortSignal) => Promise<string | undefined>;
};

/**
 * Tries the hosts of a region in the order of `apiHosts` until one answers, and remembers for five minutes which one that was: a
 * cluster without a route to the VPC host must not wait for a time-out at every call. Only a host that gives no answer is passed
 * over; what the cloud answers counts, wherever it comes from.
 */
export function createRegionalClient(options: RegionalClientOptions): RegionalClient {
  const { client, clock, allowedHosts, findLocalRegion } = options;
  const detours = createBoundedMap<Detour>(1000);

  return {
    call: async (wanted, signal) => {
      const localRegion = await findLocalRegion(signal);
      const call = { ...wanted, regionId: wanted.regionId ?? localRegion };
      const hosts = apiHosts({ product: call.product, regionId: call.regionId, localRegion, allowedHosts });
      const key = `${call.product} ${hosts.join(' ')}`;
      const misses: Failure[] = [];
      for (const host of preferred(hosts, detours.get(key), clock())) {
        const outcome = await attempt(client, call, host, signal);
        if (outcome.kind === 'no-answer' && !signal.aborted) {
          misses.push(outcome.failure);
          continue;
        }
        if (outcome.kind === 'no-answer') throw outcome.failure;
        if (misses.length > 0) detours.set(key, { host, until: clock() + detourMilliseconds });
        if (outcome.kind === 'refused') throw outcome.failure;
        return outcome.answer;
      }
      throw unreachable(call, misses);
    },
  };
}

type Detour = { readonly host: string; readonly until: number };

type Outcome =
  | { readonly kind: 'answered'; readonly answer: CloudAnswer }
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'no-answer'; readonly failure: Failure };

const detourMilliseconds = 5 * 60 * 1000;

function preferred(hosts: readonly string[], detour: Detour | undefined, now: number): readonly string[] {
  if (detour === undefined || detour.until <= now) return hosts;
  return [detour.host, ...hosts.filter((host) => host !== detour.host)];
}

async function attempt(client: CloudClient, call: CloudCall, host: string, signal: AbortSignal): Promise<Outcome> {
  try {
    return { kind: 'answered', answer: await client.call(call, host, signal) };
  } catch (thrown) {
    const failure = toFailure(thrown);
    return { kind: failure.code === 'cloud-unreachable' ? 'no-answer' : 'refused', failure };
  }
}

function unreachable(call: CloudCall, misses: readonly Failure[]): Failure {
  const [only] = misses;
  if (misses.length === 1 && only !== undefined) return withHint(only.message);
  const prefix = describeCall(call);
  const attempts = misses.map((miss) => miss.message.replace(`${prefix} (`, '').replace('): ', ': '));
  return withHint(`${prefix}: no host answers: ${attempts.join('; ')}`);
}

function withHint(message: string): Failure {
  // A region that does not exist shows in nothing but its missing host names.
  return message.includes('ENOTFOUND')
    ? new Failure('cloud-unreachable', message, {
        hint: 'check regionId (no such region has no such host) and the DNS of this cluster',
      })
    : new Failure('cloud-unreachable', message);
}
