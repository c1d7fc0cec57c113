import { Failure } from '../../domain/failure.ts';
import { foreignAnswerHint } from './requests/api-failure.ts';

/** The parts of Kubernetes objects that are read here. Source: the API reference of core/v1 and meta/v1. */
export type KubernetesObject = {
  readonly metadata: ObjectMetadata;
  readonly imagePullSecrets?: readonly { readonly name?: string }[] | undefined;
  /** Of a pod. */
  readonly spec?: PodSpec | undefined;
  readonly status?: PodStatus | undefined;
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Of a ConfigMap: base64. */
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
};

export type ObjectMetadata = {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly creationTimestamp?: string | undefined;
  readonly deletionTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly managedFields?: readonly ManagedFieldsEntry[] | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
};

export type OwnerReference = {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean | undefined;
};

export type PodSpec = {
  readonly serviceAccountName?: string | undefined;
  readonly imagePullSecrets?: KubernetesObject['imagePullSecrets'];
  readonly containers?: readonly PodContainer[] | undefined;
  readonly initContainers?: readonly PodContainer[] | undefined;
};

type PodContainer = { readonly name: string; readonly image?: string | undefined };

export type PodStatus = {
  readonly containerStatuses?: readonly ContainerStatus[] | undefined;
  readonly initContainerStatuses?: readonly ContainerStatus[] | undefined;
};

type ContainerStatus = {
  readonly name: string;
  readonly state?: { readonly waiting?: { readonly reason?: string | undefined } | undefined } | undefined;
};

export type ManagedFieldsEntry = {
  readonly manager?: string | undefined;
  /** RFC 3339. */
  readonly time?: string | undefined;
  readonly fieldsV1?: Readonly<Record<string, unknown>> | undefined;
};

export type KubernetesList = {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string | undefined };
  readonly items: readonly KubernetesObject[];
};

/** Checks what every later step relies on. Throws `kubernetes-error`: whatever answered is no API server. */
export function asObject(value: unknown, what: string): KubernetesObject {
  const object = value as Partial<KubernetesObject> | null;
  const metadata = object?.metadata as Partial<ObjectMetadata> | undefined;
  if (typeof metadata?.name !== 'string' || typeof metadata.resourceVersion !== 'string') {
    throw unexpectedShape(what, 'metadata.name and metadata.resourceVersion');
  }
  return object as KubernetesObject;
}

/** The same for a list. `items: null` is how some servers write an empty list. */
export function asList(value: unknown, what: string): KubernetesList {
  const list = value as { readonly metadata?: KubernetesList['metadata']; readonly items?: unknown } | null;
  if (typeof list?.metadata?.resourceVersion !== 'string' || !(Array.isArray(list.items) || list.items === null)) {
    throw unexpectedShape(what, 'metadata.resourceVersion and items');
  }
  return { metadata: list.metadata, items: (list.items ?? []) as readonly KubernetesObject[] };
}

function unexpectedShape(what: string, missing: string): Failure {
  return new Failure('kubernetes-error', `the answer for ${what} lacks ${missing}`, {
    hint: foreignAnswerHint,
  });
}
