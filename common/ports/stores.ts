import type { ConfigurationInForce } from '../domain/configuration/configuration.ts';
import type { CredentialRecord } from '../domain/credentials/credential.ts';
import type { NamespaceObservation, ObservedChange, ObservedKind } from '../domain/namespaces/observation.ts';

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
