import type { Report } from '../common/domain/happening.ts';
import type {
  Clock,
  ClusterWatcher,
  ClusterWriter,
  ConfigurationStore,
  CredentialIssuer,
  CredentialStore,
  LastGoodStore,
  ObservationStore,
  OwnSecretReader,
  PoolBudget,
  Random,
  RegionFinder,
  SecretReader,
} from '../common/ports.ts';
import type { Metrics } from '../common/runtime/metrics.ts';
import type { Settings } from '../common/runtime/settings.ts';
import type { Shutdown } from '../common/runtime/shutdown.ts';
import type { Bus } from '../queues/bus.ts';
import type { Health } from './health.ts';

/** What every role gets. */
export type Common = {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly report: Report;
  readonly health: Health;
  readonly shutdown: Shutdown;
  readonly bus: Bus;
  readonly configurations: ConfigurationStore;
};

/** Least privilege, in types: each role gets only the part of the world that its work needs. */
export type WatcherWorld = Common & {
  readonly observations: ObservationStore;
  readonly connectWatcher: () => Promise<ClusterWatcher>;
  readonly connectLastGood: () => Promise<LastGoodStore>;
  readonly regions: RegionFinder;
};

export type FetcherWorld = Common & {
  readonly credentials: CredentialStore;
  readonly connectIssuer: () => Promise<CredentialIssuer>;
  readonly secrets: SecretReader;
  readonly budget: PoolBudget;
};

export type WriterWorld = Common & {
  readonly observations: ObservationStore;
  readonly credentials: CredentialStore;
  readonly connectWriter: () => Promise<ClusterWriter>;
  readonly connectOwnSecrets: () => Promise<OwnSecretReader>;
};

export type World = WatcherWorld & FetcherWorld & WriterWorld;
