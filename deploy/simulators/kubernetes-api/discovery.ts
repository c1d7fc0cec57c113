import type { JsonObject } from './json.ts';
import { kinds } from './kinds.ts';
import type { Kind } from './kinds.ts';

/** The Kubernetes release that the simulator follows. */
const release = { major: '1', minor: '36', gitVersion: 'v1.36.3' } as const;

/** `/version` */
export function versionInfo(): JsonObject {
  const built = { gitCommit: 'simulator', gitTreeState: 'clean', buildDate: '1970-01-01T00:00:00Z' };
  return { ...release, ...built, goVersion: 'go1.26.8', compiler: 'gc', platform: 'linux/amd64' };
}

/** `/api` */
export function coreVersions(address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

/** `/apis` */
export function groupList(): JsonObject {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupBody) };
}

/** `/apis/<group>`; undefined for a group that is not served. */
export function group(name: string): JsonObject | undefined {
  return groups().includes(name) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(name) } : undefined;
}

/** `/api/v1` and `/apis/<group>/<version>`; undefined for what is not served. */
export function resourceList(groupName: string, version: string): JsonObject | undefined {
  const served = kinds.filter((kind) => kind.group === groupName && kind.version === version);
  if (served.length === 0) return undefined;
  const groupVersion = groupName === '' ? version : `${groupName}/${version}`;
  return {
    kind: 'APIResourceList',
    ...(groupName === '' ? {} : { apiVersion: 'v1' }),
    groupVersion,
    resources: served.flatMap(resources),
  };
}

/** `/api` or `/apis` as one document with every resource (`apidiscovery.k8s.io/v2`). */
export function aggregatedDiscovery(root: 'api' | 'apis'): JsonObject {
  const names = root === 'api' ? [''] : groups();
  const items = names.map((name) => ({
    metadata: name === '' ? {} : { name },
    versions: [
      {
        version: 'v1',
        resources: kinds.filter((kind) => kind.group === name).map(aggregatedResource),
        freshness: 'Current',
      },
    ],
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

/** Whether an Accept header asks for aggregated discovery first. */
export function wantsAggregatedDiscovery(accept: string): boolean {
  return /as=APIGroupDiscoveryList/.test(accept) && /v=v2(?:[;,]|$)/.test(accept);
}

/** The media type of the aggregated answer; clients read the form of the answer from it. */
export const aggregatedType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

function groups(): readonly string[] {
  return [...new Set(kinds.map((kind) => kind.group))].filter((name) => name !== '');
}

function groupBody(name: string): JsonObject {
  const version = { groupVersion: `${name}/v1`, version: 'v1' };
  return { name, versions: [version], preferredVersion: version };
}

function verbs(kind: Kind): string[] {
  if (!kind.stored) return ['create'];
  return [
    'create',
    'delete',
    ...(kind.deleteCollection ? ['deletecollection'] : []),
    'get',
    'list',
    'patch',
    'update',
    'watch',
  ];
}

function names(kind: Kind): JsonObject {
  return {
    ...(kind.shortNames.length === 0 ? {} : { shortNames: [...kind.shortNames] }),
    ...(kind.categories.length === 0 ? {} : { categories: [...kind.categories] }),
  };
}

function resources(kind: Kind): JsonObject[] {
  const own = {
    name: kind.plural,
    singularName: kind.kind.toLowerCase(),
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: verbs(kind),
    ...names(kind),
  };
  if (!kind.hasStatus) return [own];
  return [
    own,
    {
      name: `${kind.plural}/status`,
      singularName: '',
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: ['get', 'patch', 'update'],
    },
  ];
}

function aggregatedResource(kind: Kind): JsonObject {
  const responseKind = { group: '', version: '', kind: kind.kind };
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.kind.toLowerCase(),
    verbs: verbs(kind),
    ...names(kind),
    ...(kind.hasStatus
      ? { subresources: [{ subresource: 'status', responseKind, verbs: ['get', 'patch', 'update'] }] }
      : {}),
  };
}
