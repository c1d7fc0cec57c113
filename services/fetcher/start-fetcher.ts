import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { toFailure } from '../../common/domain/failure.ts';
import { startTick } from '../../queues/ticks.ts';
import type { FetcherWorld } from '../world.ts';
import { exposeCredentials } from './expose-credentials.ts';
import { fetchCredential } from './fetch-credential.ts';
import { refreshCredentials } from './refresh-credentials.ts';
import { renewDueCredentials } from './renew-due-credentials.ts';
import { Pools } from './serve-pools.ts';

/** Starts the renewer, its tick, and a worker pool for each region and account. */
export async function startFetcher(world: FetcherWorld): Promise<void> {
  const { bus, shutdown, settings, clock, random, report } = world;
  const issuer = await world.connectIssuer();
  const tick = startTick({
    everySeconds: renewalTickSeconds,
    publish: () => bus.publish('credential.renew-due', [{ data: { cause: 'tick' }, urgency: 'expiring' }]),
    failed: (failure, retryInSeconds) =>
      report({ kind: 'message-failed', message: 'credential.renew-due', key: 'tick', failure, retryInSeconds }),
    random,
  });
  shutdown.add('renewal tick', () => tick.stop());
  // Moments are of the cloud's time. The tick goes by this machine's clock, which does not jump when the cloud's is first heard.
  const lookAgainAt = (moment: number): void => tick.nextTick(Date.now() + moment - clock());
  const pools = new Pools(bus, fetchCredential({ ...world, issuer, allowedHosts: settings.allowedHosts, lookAgainAt }));
  await bus.consume('credential.renew-due', {
    handle: renewDueCredentials({ ...world, lookAgainAt, servePools: (needed) => pools.serve(needed) }),
  });
  await bus.consume('credential.refresh', { handle: refreshCredentials(world) });
  followPools(pools, world);
  exposeCredentials(world);
}

/** A moment that a process forgot (it was killed, the message was lost) is made up for this much later at most. */
const renewalTickSeconds = 30;

/** Whichever process plans the renewals, every fetcher serves every pool. */
function followPools(pools: Pools, { configurations, shutdown, report }: FetcherWorld): void {
  // An outage is told once by this; whoever has work to do tells of it too.
  let isFailing = false;
  const follow = async (): Promise<void> => {
    try {
      const inForce = await configurations.read();
      // That it is lost for now (Redis was emptied) takes no pool away.
      if (inForce === undefined) return;
      const sources = [...resolveRegistries(inForce).sources.values()];
      await pools.serve(new Set(sources.map(({ pool }) => pool)));
      isFailing = false;
    } catch (error) {
      if (isFailing) return;
      isFailing = true;
      report({
        kind: 'message-failed',
        message: 'credential.fetch',
        key: 'pools',
        failure: toFailure(error),
        retryInSeconds: poolSeconds,
      });
    }
  };
  const timer = setInterval(() => void follow(), poolSeconds * 1000);
  shutdown.add('pools', () => clearInterval(timer));
}

const poolSeconds = 1;
