import type { Identity } from '../credentials/identity.ts';
import type { LabelSelector } from '../selection/label-selector.ts';
import type { NamePatterns } from '../selection/name-patterns.ts';

/** A parsed and checked ConfigMap. Inside the program only this is used, never the strings. */
export type Configuration = {
  readonly namespaces: NamePatterns;
  /** `namespace-selector`: a namespace must match it too. */
  readonly namespaceSelector?: LabelSelector | undefined;
  readonly accounts: NamePatterns;
  /** `service-account-selector`: an account must match it too. */
  readonly accountSelector?: LabelSelector | undefined;
  readonly registries: readonly RegistryEntry[];
  /** Other registries' docker configs that are merged in. */
  readonly mirrors: readonly MirrorEntry[];
  /** Renew this long before the expiry; a short life shortens it (see `renewBeforeSeconds` in `plan-renewals.ts`). */
  readonly expiringThresholdSeconds: number;
  readonly notifyEmail?: string | undefined;
  readonly secretNaming: 'aggregated' | 'per-domain';
  /** `false`: write Secrets, leave ServiceAccounts alone. */
  readonly attach: boolean;
  /** Adopt Secrets of our name that somebody else made. */
  readonly takeOver: boolean;
  readonly repairPods: boolean;
  readonly admission: AdmissionSettings;
};

/** One registry of `acr-registry-info`. */
export type RegistryEntry = {
  /** Position in the list, from 0; 0 too for the Personal Edition that an empty list stands for. */
  readonly index: number;
  readonly edition: 'enterprise' | 'personal';
  /** `cri-…`; empty for Personal Edition. */
  readonly instanceId: string;
  /** Absent: the cluster's own region. */
  readonly regionId?: string | undefined;
  /** Absent: every domain of the instance. */
  readonly domains?: readonly string[] | undefined;
  readonly identity: Identity;
  /** Absent: every selected namespace. */
  readonly namespaces?: NamePatterns | undefined;
};

/** An entry of `acr-registry-info` that names another registry's docker config. */
export type MirrorEntry = {
  readonly index: number;
  /** A Secret of type `kubernetes.io/dockerconfigjson` in the helper's namespace. */
  readonly secretName: string;
  readonly namespaces?: NamePatterns | undefined;
};

/** `webhook-configuration`, and the extension `admission-pods`. */
export type AdmissionSettings = {
  readonly enabled: boolean;
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly timeoutSeconds: number;
  readonly pods: boolean;
};

/** The configuration that the whole program works by. */
export type ConfigurationInForce = {
  readonly configuration: Configuration;
  /** Hash of the ConfigMap's data; the same text gives the same version. */
  readonly version: string;
  /** The cluster's own region; absent while it is unknown. */
  readonly localRegion?: string | undefined;
  /** The same for as long as the cluster lives: uid of the ConfigMap. */
  readonly clusterId?: string | undefined;
};
