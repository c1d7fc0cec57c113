import type {
  AdmissionCapabilities,
  AdmissionObject,
  AdmissionObjectName,
} from './domain/admission/admission-objects.ts';
import type { CertificateState, ServingCertificate } from './domain/admission/serving-certificate.ts';
import type { ConfigurationInForce } from './domain/configuration/configuration.ts';
import type { RegistrySource } from './domain/credentials/credential-source.ts';
import type { Credential, CredentialRecord } from './domain/credentials/credential.ts';
import type { PoolObstacle } from './domain/credentials/pool-budget.ts';
import type { DesiredSecret } from './domain/namespaces/desired-secret.ts';
import type { NamespaceFights } from './domain/namespaces/fights.ts';
import type {
  NamespaceObservation,
  ObservedAccount,
  ObservedChange,
  ObservedKind,
  ObservedNamespace,
  ObservedSecret,
} from './domain/namespaces/observation.ts';
import type { HungPod } from './domain/pods/hung-pod.ts';
import type { RepairHistory } from './domain/pods/repair-history.ts';
import type { SecretText } from './domain/secret-text.ts';
import type { Urgency } from './domain/urgency.ts';

/** Everything the program needs from the world. Each port has its implementations in `common/adapters/`. */

/** ms since the epoch. */
export type Clock = () => number;

/** A number in [0, 1). */
export type Random = () => number;

/** Where the configuration in force is kept. */
export type ConfigurationStore = {
  read(): Promise<ConfigurationInForce | undefined>;
  write(inForce: ConfigurationInForce): Promise<void>;
};

/** What the watchers saw, by namespace. Monotonic: an older resource version never replaces a newer one. */
export type ObservationStore = {
  /** Takes the changes over; answers with the namespaces in which something changed that a plan may depend on. */
  observe(changes: readonly ObservedChange[]): Promise<readonly string[]>;
  /**
   * Ends a list: whatever of `kind` was not in it and is not newer than `listVersion` is gone. `keys` are `namespace` names,
   * or `namespace/name` for the other kinds. A list of Secrets is of one name: `secretName` says of which. Answers like
   * `observe`.
   */
  prune(
    kind: ObservedKind,
    keys: ReadonlySet<string>,
    listVersion: string,
    secretName?: string,
  ): Promise<readonly string[]>;
  read(namespace: string): Promise<NamespaceObservation>;
  /** Names of all namespaces of which anything is known. */
  namespaces(): Promise<readonly string[]>;
  /** Says that something was listed at least once, so that its absence means something. `everything` comes last. */
  markListed(what: Milestone, objects: number): Promise<void>;
  /** How many objects there were when it was listed first; absent: it was not listed yet. */
  listed(what: Milestone): Promise<number | undefined>;
};

/** How far the observation of the cluster has come. `begun` comes before the first list, so that a loss is noticed from then on. */
export type Milestone = 'begun' | 'secrets' | 'everything';

/** Credentials and how their fetches went, by source. In Redis they are sealed. */
export type CredentialStore = {
  read(sourceIds: readonly string[]): Promise<ReadonlyMap<string, CredentialRecord>>;
  /** Notes that the sources were asked for; apart from `write`, so that the two never overwrite each other. ms since the epoch. */
  markRequested(sourceIds: readonly string[], at: number): Promise<void>;
  write(outcome: FetchOutcome): Promise<void>;
  /** Notes that what the sources have may be outdated, because a key pair that they use was changed. ms since the epoch. */
  markStale(sourceIds: readonly string[], at: number): Promise<void>;
  /** Says that what our own Secrets still hold was taken back: from then on a credential that is missing must be fetched. */
  markRestored(): Promise<void>;
  isRestored(): Promise<boolean>;
  /** Forgets sources that no configuration names any more. */
  retain(sourceIds: ReadonlySet<string>): Promise<void>;
};

/** How a fetch ended: what is stored beside `requestedAt`. */
export type FetchOutcome = Omit<CredentialRecord, 'requestedAt' | 'staleAt'>;

/** The hosts that registries named, by source, without the credentials. Only those of which a credential is there. */
export type KnownHostStore = {
  readHosts(sourceIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
};

/** The cloud, as the fetcher sees it. Throws `Failure`. */
export type CredentialIssuer = {
  /** One credential: at most one token call and, when `discoverDomains`, one endpoint call; a session when it needs one. */
  fetchCredential(source: RegistrySource, signal: AbortSignal): Promise<Credential>;
};

/** Where the region of the cluster comes from: `--region`, or the metadata service. Throws `Failure` when it cannot be told. */
export type RegionFinder = {
  findRegion(signal: AbortSignal): Promise<string>;
};

/** What is read of the helper's own namespace besides the ConfigMap. */
export type SecretReader = {
  /** Values of a Secret by key; `undefined` when there is none. */
  readSecret(name: string): Promise<ReadonlyMap<string, SecretText> | undefined>;
};

/** Reads Secrets that we wrote ourselves. Throws `Failure`. */
export type OwnSecretReader = {
  readSecret(namespace: string, name: string): Promise<ReadonlyMap<string, SecretText> | undefined>;
};

/** A version of an object that a write was planned on; the write is refused with `kubernetes-conflict` when it is not current. */
export type ObjectVersion = { readonly uid: string; readonly resourceVersion: string };

/** Writes of the writer, and the fresh reads that follow a conflict. Every method throws `Failure`. */
export type ClusterWriter = {
  /** Server-side apply without force: fails with a conflict where the name is taken by somebody else. One call. */
  createSecret(namespace: string, secret: DesiredSecret, urgency: Urgency): Promise<ObservedSecret>;
  /** Merge patch in place. One call. */
  rewriteSecret(namespace: string, secret: DesiredSecret, at: ObjectVersion, urgency: Urgency): Promise<ObservedSecret>;
  /** Server-side apply with force: takes back a Secret that somebody edited. One call. */
  repairSecret(namespace: string, secret: DesiredSecret, at: ObjectVersion, urgency: Urgency): Promise<ObservedSecret>;
  deleteSecret(namespace: string, name: string, at: ObjectVersion, urgency: Urgency): Promise<void>;
  /** JSON Patch that appends the names to `imagePullSecrets`, guarded by uid and version. One call. */
  attach(account: ObservedAccount, names: readonly string[], urgency: Urgency): Promise<ObservedAccount>;
  /** JSON Patch that takes the names out of `imagePullSecrets`, guarded by uid and version. One call. */
  detach(account: ObservedAccount, names: readonly string[], urgency: Urgency): Promise<ObservedAccount>;
  readNamespace(name: string, urgency: Urgency): Promise<ObservedNamespace | undefined>;
  readAccount(namespace: string, name: string, urgency: Urgency): Promise<ObservedAccount | undefined>;
  readSecretMetadata(namespace: string, name: string, urgency: Urgency): Promise<ObservedSecret | undefined>;
};

/** What a watch delivers. `page` and `listed` belong to a list: first the pages, then its end with the version it is of. */
export type WatchEvent<T> =
  | { readonly type: 'page'; readonly items: readonly T[] }
  | { readonly type: 'listed'; readonly keys: ReadonlySet<string>; readonly resourceVersion: string }
  | { readonly type: 'changed'; readonly items: readonly T[] };

/** The watches of the watcher. An iteration ends only when `signal` is aborted; interruptions are mended inside. */
export type ClusterWatcher = {
  watchNamespaces(signal: AbortSignal): AsyncIterable<WatchEvent<ObservedChange>>;
  watchAccounts(signal: AbortSignal): AsyncIterable<WatchEvent<ObservedChange>>;
  /** Our Secrets of one name in all namespaces, metadata only. */
  watchSecrets(name: string, signal: AbortSignal): AsyncIterable<WatchEvent<ObservedChange>>;
  /** Pods that have not started yet. */
  watchPods(signal: AbortSignal): AsyncIterable<WatchEvent<ObservedPod>>;
  /** One Secret's version, in one namespace. An item without a version says that it is gone. */
  watchSecretVersion(namespace: string, name: string, signal: AbortSignal): AsyncIterable<WatchEvent<ObservedVersion>>;
  /** The one ConfigMap; an item without `data` says that there is none. */
  watchConfigMap(namespace: string, name: string, signal: AbortSignal): AsyncIterable<WatchEvent<ObservedConfigMap>>;
};

/** `hung` absent: it waits for no image, or is gone. */
export type ObservedPod = {
  readonly namespace: string;
  readonly name: string;
  readonly hung?: HungPod | undefined;
};

export type ObservedVersion = { readonly resourceVersion?: string | undefined };

export type ObservedConfigMap = {
  readonly uid?: string | undefined;
  /** Annotation `acr-credential-helper/confirm`. */
  readonly confirm?: string | undefined;
  readonly resourceVersion: string;
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Base64: what the client did not take for text. */
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
};

/**
 * How many calls each pool (a region and an account) may make: a token bucket, a back-off that the cloud asked for, and a circuit
 * breaker. Shared by all fetcher processes.
 */
export type PoolBudget = {
  /** Asks for one fetch now; otherwise says how long to wait. After `patienceSeconds` an account that did not answer is probed again. */
  take(
    pool: string,
    patienceSeconds?: number,
  ): Promise<{ readonly admitted: true } | { readonly admitted: false; readonly retryInSeconds: number }>;
  /** Tells how an admitted fetch ended, so that the breaker opens and closes. */
  settle(pool: string, outcome: 'succeeded' | PoolTrouble): Promise<void>;
  /** What keeps fetches away from the pool just now; changes nothing. */
  blockedBy(pool: string): Promise<readonly PoolObstacle[]>;
};

/** `throttled`: the cloud asked for a pause (in seconds, where it said so). `failed`: no answer, or an error of its own. */
export type PoolTrouble =
  { readonly kind: 'throttled'; readonly retryAfterSeconds?: number | undefined } | { readonly kind: 'failed' };

/** A cap on requests per second, shared by all processes of the helper. */
export type RequestBudget = {
  /**
   * Asks for up to `wanted` (at least 1) requests. What is granted may be made at once; with none granted, ask again after
   * `retryInMs`. Never rejects, and answers within seconds.
   */
  take(wanted: number): Promise<{ readonly granted: number; readonly retryInMs: number }>;
};

/** Which objects had to be corrected lately, by namespace; shared by all writers. Small: only what is changed against our will. */
export type FightMemory = {
  read(namespace: string): Promise<NamespaceFights>;
  /** Replaces what is known of the namespace by what `plan` makes of it; `plan` is asked again when somebody else was faster. */
  change<T>(
    namespace: string,
    plan: (before: NamespaceFights) => { readonly fights: NamespaceFights; readonly answer: T },
  ): Promise<T>;
  /** Namespaces of which anything is known. */
  namespaces(): Promise<readonly string[]>;
};

/** Reads and evicts pods that hang. Throws `Failure`. */
export type PodEvictor = {
  /** Absent: there is none, or it waits for no image. One call. */
  readHungPod(namespace: string, name: string, urgency: Urgency): Promise<HungPod | undefined>;
  /**
   * Through the Eviction API, so that budgets are respected. `kubernetes-conflict` or `kubernetes-not-found` when it is not the pod as it was
   * read, `kubernetes-disruption-budget` when a PodDisruptionBudget forbids it now. One call.
   */
  evict(pod: HungPod, urgency: Urgency): Promise<void>;
};

/** The last evictions of hung pods, shared by all writers. */
export type RepairMemory = {
  read(): Promise<RepairHistory>;
  /** Replaces what is known by what `plan` makes of it; `plan` is asked again when somebody else was faster. */
  change<T>(plan: (before: RepairHistory) => { readonly history: RepairHistory; readonly answer: T }): Promise<T>;
};

/** Whose turn the sweep is, where several writers have a clock of their own. */
export type SweepTurns = {
  /** The number of the turn, from 0; `undefined` when somebody took one less than about `everySeconds` ago. */
  next(everySeconds: number): Promise<number | undefined>;
};

/** Lists of the whole cluster, page by page, for a command that looks at everything once. Throw `Failure`. */
export type ClusterLists = {
  namespaces(): AsyncIterable<readonly ObservedNamespace[]>;
  accounts(): AsyncIterable<readonly ObservedAccount[]>;
  /** Secrets of one name in all namespaces. */
  secretsNamed(name: string): AsyncIterable<readonly ObservedSecret[]>;
  /** Secrets with our label, whatever their names; needs the right to list all Secrets. */
  secretsLabelled(): AsyncIterable<readonly ObservedSecret[]>;
};

/** One namespace as it is now, for a command that a person calls. Throws `Failure`. */
export type ClusterReader = {
  /** Absent: there is none. */
  readConfigMap(namespace: string, name: string): Promise<ObservedConfigMap | undefined>;
  /**
   * With Secrets of these names, and when we wrote to what last: by `Secret NAME` and `ServiceAccount NAME`, ms since the epoch. The API
   * server notes that of no object that had no fields of anybody when it was made, as most accounts.
   */
  readNamespace(
    name: string,
    secretNames: readonly string[],
  ): Promise<{ readonly observation: NamespaceObservation; readonly writtenAt: ReadonlyMap<string, number> }>;
  /** At most 500 of them. */
  readPods(namespace: string): Promise<readonly PullingPod[]>;
  /** Whether who asks may do this; `namespace` absent: everywhere. */
  isAllowed(right: AccessRight): Promise<boolean>;
  /** Resolves when a watch of this one ConfigMap has begun. */
  probeWatch(namespace: string, name: string): Promise<void>;
};

/** A pod as far as its image pulls go. */
export type PullingPod = {
  readonly name: string;
  readonly account: string;
  readonly pullSecrets: readonly string[];
  readonly images: readonly string[];
  /** A container waits because its image could not be pulled. */
  readonly cannotPull: boolean;
};

export type AccessRight = {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  /** Absent: of any name. */
  readonly name?: string | undefined;
};

/** The last configuration that was taken over, kept in the cluster: it survives the restart of every process and an emptied Redis. */
export type LastGoodStore = {
  read(): Promise<LastGood | undefined>;
  write(lastGood: LastGood): Promise<void>;
};

/** Names, besides the first aggregated one, under which there may be Secrets of ours: some depend on hosts that only registries know. */
export type SecretNameStore = {
  read(): Promise<readonly string[]>;
  write(names: readonly string[]): Promise<void>;
};

/** As the ConfigMap had it, so that a later release reads it by its own rules. */
export type LastGood = {
  readonly version: string;
  readonly clusterId?: string | undefined;
  readonly data: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
};

/** Says something to the person who looks at the ConfigMap with `kubectl describe`. Every method throws `Failure`. */
export type EventRecorder = {
  /** Creates the Event. `taken`: it is there already, by another process or by an earlier life of this one. */
  record(event: KubernetesEvent, series?: EventSeries): Promise<'made' | 'taken'>;
  /** Makes the Event that was recorded say how often it happened by now. `kubernetes-not-found` when it is gone: Events live for an hour. */
  repeat(event: KubernetesEvent, series: EventSeries): Promise<void>;
};

/** How often the same happened, and when last. */
export type EventSeries = {
  /** At least 2. */
  readonly count: number;
  /** ms since the epoch. */
  readonly lastObservedAt: number;
};

export type KubernetesEvent = {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  /** 1,024 bytes of it are shown. */
  readonly note: string;
  /** ms since the epoch. */
  readonly at: number;
  /** The namespace that it is about; absent: it is about the ConfigMap. */
  readonly namespace?: string | undefined;
  /** The pod of the namespace that it is about; absent: it is about the namespace itself. */
  readonly pod?: string | undefined;
  /** Of what it is about, by which `kubectl describe` finds the Event; absent while it was not seen. */
  readonly uid?: string | undefined;
  /**
   * What gave rise to it, where several processes see the same: version of the ConfigMap. The same reason, note and occasion make one
   * Event, whichever process says so.
   */
  readonly occasion?: string | undefined;
};

/** What the API server is told about admission, as far as it is ours. Every method throws `Failure`. */
export type AdmissionRegistry = {
  capabilities(): Promise<AdmissionCapabilities>;
  /** The whole object as the API server has it; absent when there is none. Only of kinds that it serves. */
  read(object: AdmissionObjectName): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Creates it or makes it hold this content; `kubernetes-invalid` when the API server refuses the content. */
  apply(object: AdmissionObject): Promise<void>;
  /** Gone already is as good. */
  remove(object: AdmissionObjectName): Promise<void>;
};

/** Where the certificate of the webhook is kept, with its key. Throws `Failure`. */
export type CertificateStore = {
  /** `state` absent: there is none, or none that can be read. */
  read(): Promise<{ readonly state: CertificateState | undefined; readonly version?: ObjectVersion | undefined }>;
  /** `kubernetes-conflict` when it is not the version that was read. */
  write(state: CertificateState, version?: ObjectVersion): Promise<void>;
};

/** A certificate that somebody else keeps in files. Throws `webhook-certificate-invalid`. */
export type CertificateFolder = {
  /** PEM; `authority` absent where the folder has none. */
  read(): Promise<Pick<ServingCertificate, 'certificate' | 'key'> & { readonly authority: string | undefined }>;
};

/** Makes a certificate for DNS names and IP addresses, and an authority of its own. `now`: ms since the epoch. */
export type CertificateIssuer = (hosts: readonly string[], now: number) => Promise<ServingCertificate>;

/** Resolves when the webhook at this URL answers under one of these authorities (PEM). Throws `webhook-unreachable`. */
export type WebhookProbe = (baseUrl: string, caBundle?: string) => Promise<void>;
