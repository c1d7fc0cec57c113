import type { ObservedChange } from '../domain/namespaces/observation.ts';
import type { HungPod } from '../domain/pods/hung-pod.ts';

/** What a watch delivers. `page` and `listed` belong to a list, with the version it is of: first the pages, then its end. */
export type WatchEvent<T> =
  | { readonly type: 'page'; readonly items: readonly T[]; readonly resourceVersion: string }
  | { readonly type: 'listed'; readonly keys: ReadonlySet<string>; readonly resourceVersion: string }
  | { readonly type: 'changed'; readonly items: readonly T[] };

/**
 * Is waited for before each list begins. Lists are consistent reads: what was seen of the cluster until then cannot be newer than the
 * list, unless the cluster was restored from a backup meanwhile.
 */
export type BeforeList = () => Promise<void>;

/** The watches of the watcher. An iteration ends only when `signal` is aborted; interruptions are mended inside. */
export type ClusterWatcher = {
  watchNamespaces(signal: AbortSignal, beforeList?: BeforeList): AsyncIterable<WatchEvent<ObservedChange>>;
  watchAccounts(signal: AbortSignal, beforeList?: BeforeList): AsyncIterable<WatchEvent<ObservedChange>>;
  /** Our Secrets of one name in all namespaces, metadata only. */
  watchSecrets(name: string, signal: AbortSignal, beforeList?: BeforeList): AsyncIterable<WatchEvent<ObservedChange>>;
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
