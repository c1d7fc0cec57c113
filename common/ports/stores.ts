import type { ConfigurationInForce } from '../domain/configuration/configuration.ts';
import type { CredentialRecord } from '../domain/credentials/credential.ts';
import type { NamespaceObservation, ObservedChange, ObservedKind } from '../domain/namespaces/observation.ts';

/** Where the configuration in force is kept. */
export type ConfigurationStore = {
  read(): Promise<ConfigurationInForce | undefined>;
  write(inForce: ConfigurationInForce): Promise<void>;
};

/**
 * What the watchers saw, by namespace. Monotonic within an era: an older resource version never replaces a newer one. Where a cluster
 * was restored from a backup its versions start again at an older number; then a new era begins, in which nothing was seen yet.
 */
export type ObservationStore = {
  /** Takes the changes over; answers with the namespaces in which something changed that a plan may depend on. */
  observe(changes: readonly ObservedChange[], seen?: SeenIn): Promise<readonly string[]>;
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
    era?: string,
  ): Promise<readonly string[]>;
  read(namespace: string): Promise<NamespaceObservation>;
  /** Names of all namespaces of which anything is known. */
  namespaces(): Promise<readonly string[]>;
  /** Says that something was listed at least once, so that its absence means something. `everything` comes last. */
  markListed(what: Milestone, objects: number, era?: string): Promise<void>;
  /** How many objects there were when it was listed first; absent: it was not listed yet. */
  listed(what: Milestone): Promise<number | undefined>;
  /** The era of what is known now. Whoever asks the cluster for something notes the era before, and gives it with what he saw. */
  era(): Promise<string>;
  /** The newest version of this kind that anybody saw in this era; absent: none yet. */
  newestSeen(kind: ObservedKind): Promise<string | undefined>;
  /**
   * Forgets everything, milestones too, and begins a new era: what is told of an earlier one from now on is passed over. Only
   * if `after` is still the era; answers whether it was.
   */
  beginEra(after: string): Promise<boolean>;
};

export type SeenIn = {
  /** The era that was noted before the cluster was asked. Passed over if another has begun since; absent: the one of now. */
  readonly era?: string | undefined;
  /**
   * The version of the list that the changes are a page of. A list knows the newest state as of its version, so that one with an
   * older version than what is known replaces it, unless what is known is newer than the whole list.
   */
  readonly listVersion?: string | undefined;
};

/** How far the observation of the cluster has come. `begun` comes before the first list, so that a loss is noticed from then on. */
export type Milestone = 'begun' | 'secrets' | 'everything';

/** Credentials and how their fetches went, by source. In Redis they are sealed. */
export type CredentialStore = CredentialReader & {
  /** What there is from now on. To be asked for together with other things, so that the reading itself rarely takes a round trip. */
  latest(): Promise<CredentialReader>;
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

export type CredentialReader = {
  read(sourceIds: readonly string[]): Promise<ReadonlyMap<string, CredentialRecord>>;
};

/** How a fetch ended: what is stored beside `requestedAt`. */
export type FetchOutcome = Omit<CredentialRecord, 'requestedAt' | 'staleAt'>;

/** The hosts that registries named, by source, without the credentials. Only those of which a credential is there. */
export type KnownHostStore = {
  readHosts(sourceIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
};
