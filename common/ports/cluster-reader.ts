import type {
  NamespaceObservation,
  ObservedAccount,
  ObservedNamespace,
  ObservedSecret,
} from '../domain/namespaces/observation.ts';
import type { ObservedConfigMap } from './cluster-watcher.ts';

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
