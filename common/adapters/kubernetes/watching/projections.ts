import type {
  Labels,
  ObservedAccount,
  ObservedNamespace,
  ObservedSecret,
} from '../../../domain/namespaces/observation.ts';
import type { ObservedConfigMap } from '../../../ports/cluster-watcher.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import {
  dockerConfigKey,
  fieldManager,
  confirmAnnotation,
  ignoreAnnotation,
  managedByLabel,
  managedByValue,
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
    secret({ metadata }) {
      const managedBy = metadata.labels?.[managedByLabel];
      const owners = ownersOfDockerConfig(metadata.managedFields);
      const [writtenBy] = owners ?? [];
      return {
        namespace: sharedNamespace(metadata.namespace),
        name: metadata.name,
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
        managedBy,
        version: metadata.annotations?.[versionAnnotation],
        sources: metadata.annotations?.[sourcesAnnotation],
        // Servers that do not track owners get the benefit of the doubt.
        ownsData: owners?.has(fieldManager) ?? true,
        ...(managedBy === managedByValue || writtenBy === undefined || owners?.size !== 1 ? {} : { writtenBy }),
      };
    },
    configMap: ({ metadata, data, binaryData }) => {
      const confirm = metadata.annotations?.[confirmAnnotation]?.trim();
      const { uid, resourceVersion } = metadata;
      return {
        uid,
        resourceVersion,
        ...(confirm === undefined ? {} : { confirm }),
        data: data ?? noLabels,
        ...(binaryData === undefined ? {} : { binaryData }),
      };
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
 * The field managers that own `data[".dockerconfigjson"]`: whoever changes a value takes it away from its owners. Absent where
 * the server does not track them.
 *
 * Source: Kubernetes documentation, "Server-Side Apply", field management.
 */
function ownersOfDockerConfig(
  managedFields: KubernetesObject['metadata']['managedFields'],
): ReadonlySet<string> | undefined {
  if (managedFields === undefined || managedFields.length === 0) return undefined;
  return new Set(
    managedFields.flatMap(({ manager, fieldsV1 }) => {
      const data = fieldsV1?.['f:data'];
      const owns = typeof data === 'object' && data !== null && `f:${dockerConfigKey}` in data;
      return owns ? (manager ?? '') : [];
    }),
  );
}
