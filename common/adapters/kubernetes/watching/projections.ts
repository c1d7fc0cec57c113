import type {
  Labels,
  ObservedAccount,
  ObservedNamespace,
  ObservedSecret,
} from '../../../domain/namespaces/observation.ts';
import type { ObservedConfigMap } from '../../../ports.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import {
  dockerConfigKey,
  fieldManager,
  confirmAnnotation,
  ignoreAnnotation,
  managedByLabel,
  sourcesAnnotation,
  versionAnnotation,
} from '../object-names.ts';

/**
 * What is kept of each object. 50,000 ServiceAccounts must fit into 15 MB, so equal parts are shared: one empty object for
 * all without labels, one array for all with the same pull secrets, one string for neighbours in the same namespace.
 * (`JSON.parse` copies each string, so nothing holds on to the text it was parsed from.)
 */
export type Projections = {
  namespace(object: KubernetesObject): ObservedNamespace;
  account(object: KubernetesObject): ObservedAccount;
  secret(object: KubernetesObject): ObservedSecret;
  configMap(object: KubernetesObject): ObservedConfigMap;
};

export function createProjections(): Projections {
  const pullSecretLists = new Map<string, readonly string[]>();
  let lastNamespace = '';

  const sharedNamespace = (namespace: string | undefined): string => {
    // Lists are sorted by namespace.
    if (namespace === undefined) return '';
    if (namespace !== lastNamespace) lastNamespace = namespace;
    return lastNamespace;
  };

  const sharedPullSecrets = (references: KubernetesObject['imagePullSecrets']): readonly string[] => {
    if (references === undefined || references === null || references.length === 0) return noPullSecrets;
    const names = references.map(({ name }) => name ?? '');
    const key = names.length === 1 ? (names[0] ?? '') : names.join('\n');
    const known = pullSecretLists.get(key);
    if (known !== undefined) return known;
    // In every cluster seen they are few; where each account has its own there is nothing to share.
    if (pullSecretLists.size >= maxSharedLists) pullSecretLists.clear();
    pullSecretLists.set(key, Object.freeze(names));
    return names;
  };

  return {
    namespace: ({ metadata }) => ({
      name: metadata.name,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      terminating: metadata.deletionTimestamp !== undefined,
      labels: labelsOf(metadata.labels),
      ignored: metadata.annotations?.[ignoreAnnotation] === 'true',
      createdAt: timeOf(metadata.creationTimestamp),
    }),
    account: ({ metadata, imagePullSecrets }) => ({
      namespace: sharedNamespace(metadata.namespace),
      name: metadata.name,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      labels: labelsOf(metadata.labels),
      ignored: metadata.annotations?.[ignoreAnnotation] === 'true',
      pullSecrets: sharedPullSecrets(imagePullSecrets),
      createdAt: timeOf(metadata.creationTimestamp),
    }),
    secret: ({ metadata }) => ({
      namespace: sharedNamespace(metadata.namespace),
      name: metadata.name,
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      managedBy: metadata.labels?.[managedByLabel],
      version: metadata.annotations?.[versionAnnotation],
      sources: metadata.annotations?.[sourcesAnnotation],
      ownsData: ownsDockerConfig(metadata.managedFields),
    }),
    configMap: ({ metadata, data }) => {
      const confirm = metadata.annotations?.[confirmAnnotation];
      const { uid, resourceVersion } = metadata;
      return { uid, resourceVersion, ...(confirm === undefined ? {} : { confirm }), data: data ?? noLabels };
    },
  };
}

const noLabels: Labels = Object.freeze({});
const noPullSecrets: readonly string[] = Object.freeze([]);
const maxSharedLists = 10_000;

function labelsOf(labels: Labels | undefined): Labels {
  if (labels === undefined) return noLabels;
  for (const _ in labels) return labels;
  return noLabels;
}

function timeOf(timestamp: string | undefined): number {
  return timestamp === undefined ? 0 : Date.parse(timestamp);
}

/**
 * Whether one of the owners of `data[".dockerconfigjson"]` is our field manager: whoever changes a value takes it away from
 * its owners. Servers that do not track owners get the benefit of the doubt.
 *
 * Source: Kubernetes documentation, "Server-Side Apply", field management.
 */
function ownsDockerConfig(managedFields: KubernetesObject['metadata']['managedFields']): boolean {
  if (managedFields === undefined || managedFields.length === 0) return true;
  return managedFields.some(({ manager, fieldsV1 }) => {
    if (manager !== fieldManager) return false;
    const data = fieldsV1?.['f:data'];
    return typeof data === 'object' && data !== null && `f:${dockerConfigKey}` in data;
  });
}
