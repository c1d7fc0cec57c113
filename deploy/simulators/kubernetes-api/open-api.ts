import { createHash } from 'node:crypto';
import { versionInfo } from './discovery.ts';
import { printed } from './json.ts';
import type { JsonObject } from './json.ts';
import { kinds } from './kinds.ts';
import type { Kind } from './kinds.ts';

/**
 * `/openapi/v3`: the documents by group and version. kubectl reads them only to learn that the server validates fields itself
 * (the `fieldValidation` parameter of patch), so they say that and name the kinds, without every field.
 */
export function openApiIndex(): JsonObject {
  const paths = Object.fromEntries(
    groupPaths().map((path) => {
      const hash = createHash('sha512').update(path).digest('hex').toUpperCase();
      return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
    }),
  );
  return { paths };
}

/** `/openapi/v3/<path>`; undefined when it is not served. */
export function openApiV3(path: string): JsonObject | undefined {
  const served = kinds.filter((kind) => groupPath(kind) === path);
  if (served.length === 0) return undefined;
  const schema = (kind: Kind): [string, JsonObject] => [schemaName(kind), kindSchema(kind)];
  const info = { title: 'Kubernetes', version: printed(versionInfo()['gitVersion']) };
  return {
    openapi: '3.0.0',
    info,
    paths: patchPaths(served, 'v3'),
    components: { schemas: Object.fromEntries(served.map(schema)) },
  };
}

/** `/openapi/v2`, for clients that do not know the third version. */
export function openApiV2(): JsonObject {
  const definitions = Object.fromEntries(kinds.map((kind) => [schemaName(kind), kindSchema(kind)]));
  const info = { title: 'Kubernetes', version: printed(versionInfo()['gitVersion']) };
  return { swagger: '2.0', info, paths: patchPaths(kinds, 'v2'), definitions };
}

function groupPaths(): readonly string[] {
  return [...new Set(kinds.map(groupPath))];
}

function groupPath({ group, version }: Kind): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

function patchPaths(served: readonly Kind[], version: 'v2' | 'v3'): JsonObject {
  return Object.fromEntries(
    served.map((kind) => {
      const path = `/${groupPath(kind)}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`;
      const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) =>
        queryParameter(name, version),
      );
      const responses = { 200: { description: 'OK' } };
      const patch = {
        description: `partially update the specified ${kind.kind}`,
        parameters,
        responses,
        'x-kubernetes-action': 'patch',
        'x-kubernetes-group-version-kind': groupVersionKind(kind),
      };
      return [path, { patch }];
    }),
  );
}

function queryParameter(name: string, version: 'v2' | 'v3'): JsonObject {
  const type = name === 'force' ? 'boolean' : 'string';
  const common = { name, in: 'query', uniqueItems: true };
  return version === 'v2' ? { ...common, type } : { ...common, schema: { type, uniqueItems: true } };
}

function kindSchema(kind: Kind): JsonObject {
  return {
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    'x-kubernetes-group-version-kind': [groupVersionKind(kind)],
  };
}

function groupVersionKind({ group, version, kind }: Kind): JsonObject {
  return { group, kind, version };
}

function schemaName({ group, version, kind }: Kind): string {
  const prefix = group === '' ? 'core' : (group.split('.')[0] ?? group);
  return `io.k8s.api.${prefix}.${version}.${kind}`;
}
