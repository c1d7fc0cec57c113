import { parseConfigMap } from '../../common/domain/configuration/config-map-data.ts';
import type { Configuration, ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { ConfigurationStore } from '../../common/ports/stores.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { Bus } from '../../queues/bus.ts';
import type { FollowedRegion } from './follow-region.ts';
import type { LastGoodKeeper } from './keep-last-good.ts';

export type TakeOverTools = {
  readonly configurations: ConfigurationStore;
  readonly lastGood: Pick<LastGoodKeeper, 'read' | 'flush'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly report: Report;
  readonly signal: AbortSignal;
};

/** Puts configurations in force, and finds the one that is. Whatever cannot be done is tried until it can. */
export type TakeOver = {
  /** What is in force. */
  current(): Promise<ConfigurationInForce | undefined>;
  /** What was in force before a restart; `undefined` also where that cannot be read now, which is reported. */
  lastGood(): Promise<ConfigurationInForce | undefined>;
  putInForce(next: Omit<ConfigurationInForce, 'localRegion'>): Promise<void>;
  /** Puts the last good configuration in force where none is; answers whether one is then. */
  fallBack(): Promise<boolean>;
  /** The cluster's own region was found. */
  addRegion(localRegion: string): Promise<void>;
  localRegion(): string | undefined;
  persist<T>(work: () => Promise<T>): Promise<T>;
};

export function createTakeOver(region: FollowedRegion, tools: TakeOverTools): TakeOver {
  const { configurations, lastGood, bus, report, signal } = tools;

  function persist<T>(work: () => Promise<T>): Promise<T> {
    return persistently(work, {
      signal,
      onFailure: (failure, retryInSeconds) =>
        report({ kind: 'message-failed', message: 'watch', key: 'configuration', failure, retryInSeconds }),
    });
  }

  async function readLastGood(): Promise<ConfigurationInForce | undefined> {
    const kept = await lastGood.read();
    const configuration = kept === undefined ? undefined : parseConfigMap(kept).configuration;
    if (kept === undefined || configuration === undefined) return undefined;
    return { configuration, version: kept.version, clusterId: kept.clusterId };
  }

  async function write(inForce: ConfigurationInForce): Promise<void> {
    await persist(() => configurations.write(inForce));
    await persist(() => bus.publish('credential.restore', [{ data: { cause: 'configuration' }, urgency: 'unserved' }]));
    await persist(() => bus.publish('namespace.sync-all', [{ data: { cause: 'configuration' }, urgency: 'expiring' }]));
    await persist(() => bus.publish('admission.register', [{ data: { cause: 'configuration' }, urgency: 'expiring' }]));
  }

  async function putInForce(next: Omit<ConfigurationInForce, 'localRegion'>): Promise<void> {
    if (needsRegion(next.configuration)) await region.wait(regionWaitSeconds);
    await write({ ...next, localRegion: region.current() });
  }

  return {
    persist,
    putInForce,
    current: () => persist(() => configurations.read()),
    localRegion: () => region.current(),
    async lastGood() {
      try {
        return await readLastGood();
      } catch (error) {
        const failure = toFailure(error);
        report({ kind: 'message-failed', message: 'watch', key: 'last good configuration', failure });
        return undefined;
      }
    },
    async fallBack() {
      await lastGood.flush();
      if ((await persist(() => configurations.read())) !== undefined) return true;
      const before = await persist(readLastGood);
      if (before === undefined) return false;
      await putInForce(before);
      return true;
    },
    async addRegion(localRegion) {
      const inForce = await persist(() => configurations.read());
      if (inForce !== undefined && inForce.localRegion !== localRegion) await write({ ...inForce, localRegion });
    },
  };
}

/** How long a configuration with entries of the cluster's own region waits for it; afterwards the others go ahead without. */
const regionWaitSeconds = 3;

/** Entries that name no region live in the cluster's own. */
function needsRegion({ registries }: Configuration): boolean {
  return registries.some(({ regionId }) => regionId === undefined);
}
