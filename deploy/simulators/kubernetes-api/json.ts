/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object; a field that is `undefined` is absent. */
export interface JsonObject {
  [field: string]: Json | undefined;
}

/** One manager's entry in `metadata.managedFields`. */
export interface ManagedFieldsEntry extends JsonObject {
  manager?: string;
  operation?: string;
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: JsonObject;
  subresource?: string;
}

export interface ObjectMeta extends JsonObject {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: JsonObject;
  annotations?: JsonObject;
  finalizers?: Json[];
  managedFields?: ManagedFieldsEntry[];
}

export interface KubernetesObject extends JsonObject {
  kind: string;
  apiVersion: string;
  metadata: ObjectMeta;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether both values are the same JSON; the order of an object's fields does not count, an absent field equals `undefined`. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, i) => sameJson(item, right[i]));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  for (const field in left) if (!sameJson(left[field], right[field])) return false;
  for (const field in right) if (right[field] !== undefined && left[field] === undefined) return false;
  return true;
}

/** A deep copy that shares nothing with its source. */
export function copyJson<T extends Json>(value: T): T {
  return structuredClone(value);
}

/** The value at a path of field names, `undefined` when any step is missing. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let current = value;
  for (const step of path) {
    if (!isJsonObject(current)) return undefined;
    current = current[step];
  }
  return current;
}

/** A value as a message shows it: text as it is, `undefined` as nothing, anything else as JSON. */
export function printed(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** The text at a path, empty when it is missing or not text: what a field selector compares. */
export function textAt(value: Json | undefined, path: readonly string[]): string {
  const found = valueAt(value, path);
  return typeof found === 'string' ? found : '';
}
