import { describeSource } from '../../common/domain/credentials/credential-source.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { toFailure } from '../../common/domain/failure.ts';
import { startTick } from '../../queues/ticks.ts';
import type { FetcherWorld } from '../world.ts';
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
  const follow = async (): Promise<void> => {
    try {
      const inForce = await configurations.read();
      const sources = inForce === undefined ? [] : [...resolveRegistries(inForce).sources.values()];
      await pools.serve(new Set(sources.map(({ pool }) => pool)));
    } catch (error) {
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

/** Gauges of every credential, set anew at each scrape so that those of removed registries go away. */
function exposeCredentials({ metrics, configurations, credentials }: FetcherWorld): void {
  metrics.beforeCollect(async () => {
    const inForce = await configurations.read();
    if (inForce === undefined) return;
    const { sources } = resolveRegistries(inForce);
    const records = await credentials.read([...sources.keys()]);
    metrics.clear('acr_helper_credential_expiration_timestamp_seconds');
    metrics.clear('acr_helper_credential_failures');
    for (const source of sources.values()) {
      const { credential, failure } = records.get(source.id) ?? {};
      const labels = {
        source: source.id,
        instance: describeSource(source),
        region: source.kind === 'registry' ? source.regionId : '',
      };
      if (credential !== undefined)
        metrics.set('acr_helper_credential_expiration_timestamp_seconds', labels, credential.expiresAt / 1000);
      if (failure !== undefined)
        metrics.set('acr_helper_credential_failures', { ...labels, code: failure.code }, failure.attempts);
    }
  });
}
