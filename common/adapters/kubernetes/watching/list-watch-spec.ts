import type { KubernetesObject } from '../kubernetes-object.ts';

/** Which objects are followed, and what is kept of each. */
export type ListWatchSpec<T> = {
  /** Plural, `serviceaccounts`. */
  readonly resource: string;
  readonly path: string;
  readonly fieldSelector?: string | undefined;
  /** Asks for `PartialObjectMetadata`: nothing but the metadata leaves the server. */
  readonly metadataOnly: boolean;
  readonly keyOf: (object: KubernetesObject) => string;
  readonly project: (object: KubernetesObject) => T;
  /** What an object becomes that a watch saw appear at that moment (ms since the epoch); `project` unless given. */
  readonly projectAdded?: (object: KubernetesObject, seenAt: number) => T;
  /** What a deletion becomes; the object is its last state, with the version of the deletion. */
  readonly projectDeleted: (object: KubernetesObject) => T;
};
