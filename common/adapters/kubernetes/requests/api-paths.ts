/** Paths of the core/v1 API. Names are encoded: a name never reaches another path. */

export function namespacePath(name: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(name)}`;
}

export function accountPath(namespace: string, name: string): string {
  return `${namespacePath(namespace)}/serviceaccounts/${encodeURIComponent(name)}`;
}

export function secretPath(namespace: string, name: string): string {
  return `${namespacePath(namespace)}/secrets/${encodeURIComponent(name)}`;
}

export function podPath(namespace: string, name: string): string {
  return `${namespacePath(namespace)}/pods/${encodeURIComponent(name)}`;
}

export function secretsPath(namespace: string): string {
  return `${namespacePath(namespace)}/secrets`;
}

export function configMapsPath(namespace: string): string {
  return `${namespacePath(namespace)}/configmaps`;
}

/** Values of `Accept`. With the `as=` forms the server leaves out everything but the metadata. */
export const accepts = {
  full: 'application/json',
  metadata: 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
  metadataList: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
} as const;
