import { parse as parseYaml } from 'yaml';
import { unknownFields } from './decoding.ts';
import { applyJsonPatch, PatchFailed } from './json-patch.ts';
import { isJsonObject, printed } from './json.ts';
import type { Json, KubernetesObject } from './json.ts';
import type { Kind } from './kinds.ts';
import { applyMergePatch } from './merge-patch.ts';
import { badRequest, failure, invalidOptions, notFound } from './status-errors.ts';
import { parseServed } from './stored-object.ts';
import type { StoredObject } from './stored-object.ts';
import type { Store } from './store.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';
import { applyObject, updateObject } from './write-objects.ts';
import type { Target, WriteOptions, Written } from './write-objects.ts';

/** The patch types of the API by their media type. */
export const patchTypes = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const;

export type PatchType = (typeof patchTypes)[keyof typeof patchTypes];

export interface PatchRequest {
  readonly type: PatchType;
  readonly text: string;
  /** The `fieldManager` of the query; an apply must name one. */
  readonly fieldManager: string | undefined;
  readonly force: boolean | undefined;
}

/** Patches an object; an apply creates it when it is missing. @throws StatusError 400, 404, 409, 422, 500 */
export function patchObject(store: Store, target: Target, patch: PatchRequest, options: WriteOptions): Written {
  const live = store.get(target.kind, target.namespace, target.name);
  if (patch.type === 'apply') {
    const { fieldManager } = patch;
    if (fieldManager === undefined || fieldManager === '') throw managerRequired();
    return applyObject(
      store,
      target,
      live,
      parseConfiguration(target.kind, patch.text, target.name),
      patch.force ?? false,
      options,
    );
  }
  if (patch.force !== undefined) throw forceForbidden();
  if (live === undefined) throw notFound(target.kind, target.name);
  const before = parseServed(target.kind, live);
  return updateObject(store, target, live, before, patched(target.kind, live, before, patch), options);
}

/** The patched object; it may share what did not change with `before`. */
function patched(kind: Kind, live: StoredObject, before: KubernetesObject, patch: PatchRequest): Json {
  const body = parseJson(patch.text);
  if (patch.type === 'json') {
    try {
      return applyJsonPatch(parseServed(kind, live), body);
    } catch (error) {
      if (!(error instanceof PatchFailed)) throw error;
      throw failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
    }
  }
  if (!isJsonObject(body))
    throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}');
  if (patch.type === 'merge') return applyMergePatch(before, body);
  return applyStrategicMergePatch(before, body, kind.shapes);
}

function parseConfiguration(kind: Kind, text: string, name: string): Json {
  const body = parseYamlOrJson(text);
  if (!isJsonObject(body)) throw badRequest('error decoding YAML: the configuration is not an object');
  if (body['apiVersion'] === undefined || body['kind'] === undefined) {
    throw badRequest(`invalid object type: /, Kind=${printed(body['kind'] ?? '')}`);
  }
  if (isJsonObject(body['metadata']) && body['metadata']['managedFields'] !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const [unknown] = unknownFields(kind, body);
  if (unknown !== undefined) {
    const field = unknown.slice('unknown field "'.length, -1);
    const object = `${name}; ${printed(body['apiVersion'])}, Kind=${kind.kind}`;
    throw failure(
      500,
      undefined,
      `failed to create typed patch object (/${object}): .${field}: field not declared in schema`,
    );
  }
  return body;
}

function parseYamlOrJson(text: string): Json {
  // Controllers send JSON, which is ten times as fast to read.
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text) as Json;
    } catch {
      // Flow-style YAML also starts with a brace.
    }
  }
  try {
    return parseYaml(text) as Json;
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function managerRequired(): Error {
  const message = 'Required value: is required for apply patch';
  return invalidOptions('PatchOptions', { field: 'fieldManager', reason: 'FieldValueRequired', message });
}

function forceForbidden(): Error {
  const message = 'Forbidden: may not be specified for non-apply patch';
  return invalidOptions('PatchOptions', { field: 'force', reason: 'FieldValueForbidden', message });
}
