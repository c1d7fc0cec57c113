import type { Report } from '../common/domain/happening.ts';
import type { Tracer } from '../common/domain/tracing/tracer.ts';
import type {
  AdmissionRegistry,
  CertificateFolder,
  CertificateIssuer,
  CertificateStore,
  WebhookProbe,
} from '../common/ports/admission.ts';
import type { PoolBudget, RequestBudget } from '../common/ports/budgets.ts';
import type { Clock, Random } from '../common/ports/clock.ts';
import type { CredentialIssuer, RegionFinder } from '../common/ports/cloud.ts';
import type { ClusterWatcher } from '../common/ports/cluster-watcher.ts';
import type { ClusterWriter, PodEvictor } from '../common/ports/cluster-writer.ts';
import type { FightMemory, RepairMemory, SweepTurns } from '../common/ports/memories.ts';
import type { LastGoodStore, OwnSecretReader, SecretNameStore, SecretReader } from '../common/ports/own-secrets.ts';
import type { ConfigurationStore, CredentialStore, KnownHostStore, ObservationStore } from '../common/ports/stores.ts';
import type { Metrics } from '../common/runtime/metrics.ts';
import type { Settings } from '../common/runtime/settings.ts';
import type { Shutdown } from '../common/runtime/shutdown.ts';
import type { Bus } from '../queues/bus.ts';
import type { QueueViewer } from '../queues/queue-viewer.ts';
import type { Health } from './health.ts';

/** What every role gets. */
export type Common = {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly report: Report;
  readonly tracer: Tracer;
  readonly health: Health;
  readonly shutdown: Shutdown;
  readonly bus: Bus;
  readonly configurations: ConfigurationStore;
  /** `--webhook-cert-dir`. */
  readonly certificateFolder: CertificateFolder | undefined;
};

/** Least privilege, in types: each role gets only the part of the world that its work needs. */
export type WatcherWorld = Common & {
  readonly observations: ObservationStore;
  readonly connectWatcher: () => Promise<ClusterWatcher>;
  readonly connectLastGood: () => Promise<LastGoodStore>;
  readonly connectSecretNames: () => Promise<SecretNameStore>;
  readonly knownHosts: KnownHostStore;
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
  readonly fights: FightMemory;
  readonly sweepTurns: SweepTurns;
  readonly repairs: RepairMemory;
  readonly connectWriter: () => Promise<ClusterWriter>;
  readonly connectPods: () => Promise<PodEvictor>;
  readonly connectOwnSecrets: () => Promise<OwnSecretReader>;
  readonly admission: AdmissionTools;
};

/** What registers admission objects. */
export type AdmissionTools = {
  readonly connect: () => Promise<{ readonly registry: AdmissionRegistry; readonly certificates: CertificateStore }>;
  readonly issueCertificate: CertificateIssuer;
  readonly probeWebhook: WebhookProbe;
};

/** The webhook reads credentials only to know how many Secrets a namespace has, and watches namespaces and its certificate. */
export type WebhookWorld = Common & {
  readonly observations: Pick<ObservationStore, 'listed' | 'namespaces' | 'read'>;
  readonly credentials: Pick<CredentialStore, 'read'>;
  readonly connectWatcher: () => Promise<Pick<ClusterWatcher, 'watchNamespaces' | 'watchSecretVersion'>>;
  readonly connectCertificates: () => Promise<Pick<CertificateStore, 'read'>>;
};

export type World = WatcherWorld &
  FetcherWorld &
  WriterWorld &
  WebhookWorld & {
    /** Where the queues are in Redis. */
    readonly queueViewer: QueueViewer | undefined;
  };

/** The part of it that processes share when it lies in Redis, and what else comes with the same connection. */
export type Stores = Pick<
  World,
  | 'bus'
  | 'queueViewer'
  | 'configurations'
  | 'observations'
  | 'credentials'
  | 'budget'
  | 'fights'
  | 'sweepTurns'
  | 'repairs'
> & {
  readonly requestBudget: RequestBudget | undefined;
};
