import type { DesiredSecret } from '../domain/namespaces/desired-secret.ts';
import type { ObservedAccount, ObservedNamespace, ObservedSecret } from '../domain/namespaces/observation.ts';
import type { HungPod } from '../domain/pods/hung-pod.ts';
import type { Urgency } from '../domain/urgency.ts';

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
