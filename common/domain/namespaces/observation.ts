/** What the watches saw of one namespace: just what a plan needs. Values are never changed in place. */
export type NamespaceObservation = {
  readonly name: string;
  /** Absent: the namespace is gone, or was not seen yet. */
  readonly namespace?: ObservedNamespace | undefined;
  readonly accounts: readonly ObservedAccount[];
  /** Only Secrets of our names. */
  readonly secrets: readonly ObservedSecret[];
};

export type ObservedNamespace = {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly terminating: boolean;
  readonly labels: Labels;
  /** The opt-out annotation `acr-credential-helper/ignore: "true"`. */
  readonly ignored: boolean;
  /** ms since the epoch. */
  readonly createdAt: number;
  /**
   * When a watch saw it appear, ms since the epoch by the watcher's clock. Absent for what was there before, and for what was
   * changed since: our own answer to a write has none, so that nothing counts as new twice.
   */
  readonly seenAt?: number | undefined;
};

export type ObservedAccount = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Labels;
  readonly ignored: boolean;
  /** Names in `imagePullSecrets`, in order. */
  readonly pullSecrets: readonly string[];
  /** ms since the epoch. */
  readonly createdAt: number;
  /** As for a namespace. */
  readonly seenAt?: number | undefined;
};

/** A Secret as its metadata tells; its data is never read by a watch. */
export type ObservedSecret = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Label `app.kubernetes.io/managed-by`. */
  readonly managedBy?: string | undefined;
  /** Annotation `acr-credential-helper/version`: hash of the content that we wrote. */
  readonly version?: string | undefined;
  /** Annotation `acr-credential-helper/sources`, as written. */
  readonly sources?: string | undefined;
  /** Whether our field manager still owns the data: false after anybody else changed it. */
  readonly ownsData: boolean;
  /** The one field manager that owns the data, of a Secret without our label; absent where several do, or the server does not say. */
  readonly writtenBy?: string | undefined;
};

export type Labels = Readonly<Record<string, string>>;

/** Something a watch saw (or a write of ours answered). `state` absent: it is gone. */
export type ObservedChange =
  | {
      readonly kind: 'namespace';
      readonly namespace: string;
      readonly resourceVersion: string;
      readonly state?: ObservedNamespace | undefined;
    }
  | {
      readonly kind: 'account';
      readonly namespace: string;
      readonly name: string;
      readonly resourceVersion: string;
      readonly state?: ObservedAccount | undefined;
    }
  | {
      readonly kind: 'secret';
      readonly namespace: string;
      readonly name: string;
      readonly resourceVersion: string;
      readonly state?: ObservedSecret | undefined;
    };

export type ObservedKind = ObservedChange['kind'];

/**
 * Whether `next` is newer than `current`. Resource versions of one API server compare as whole numbers
 * (KEP-5504, Kubernetes ≥ 1.35; true in fact of every release on etcd).
 */
export function isNewer(next: string, current: string): boolean {
  return next.length === current.length ? next > current : next.length > current.length;
}
