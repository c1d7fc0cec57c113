import { emptyFields, isEmptyFieldSet, leafField } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import type { FieldShapes, ListShape } from './field-shapes.ts';
import { isJsonObject, sameJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** Which paths differ between two states of an object. */
export interface FieldComparison {
  /** Added or with another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** Fields that the server owns; nobody manages them. */
const unmanagedMetadata = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
]);

/** The part of an object that managers can own. */
export function manageablePart(object: JsonObject | undefined): JsonObject {
  if (object === undefined) return {};
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object;
  if (!isJsonObject(metadata)) return rest;
  const managed = Object.entries(metadata).filter(([field]) => !unmanagedMetadata.has(field));
  return { metadata: Object.fromEntries(managed), ...rest };
}

/** Compares the manageable parts of two states. */
export function compareFields(before: JsonObject, after: JsonObject, shapes: FieldShapes): FieldComparison {
  const changed = differing(before, after, shapes, '');
  const removed = differing(after, before, shapes, '', { onlyMissing: true });
  return { changed, removed };
}

/** The paths that an applied configuration names: its leaves, and the items of its keyed lists. */
export function fieldsOf(value: JsonObject, shapes: FieldShapes): FieldSet {
  return leaves(value, shapes, '');
}

/** The items of a keyed list or set by their step in a field set. */
export function listItems(list: readonly Json[], shape: ListShape): ReadonlyMap<string, Json> {
  return new Map(list.map((item) => [itemStep(item, shape), item]));
}

export function itemStep(item: Json, shape: ListShape): string {
  if (shape.type === 'set' || !isJsonObject(item)) return `v:${JSON.stringify(item)}`;
  const keys = shape.keys.filter((key) => item[key] !== undefined).toSorted();
  return `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, item[key]])))}`;
}

interface Options {
  /** Only report what is absent in the first value, not what differs: used backwards to find removals. */
  readonly onlyMissing: boolean;
}

/** What `to` holds that `from` lacks or holds with another value. */
function differing(from: Json | undefined, to: Json, shapes: FieldShapes, path: string, options?: Options): FieldSet {
  // What a patch does not touch is the very same value before and after.
  if (from === to) return emptyFields;
  const parts = partsOf(to, shapes, path);
  if (parts === undefined) {
    const differs = options?.onlyMissing === true ? from === undefined : !sameJson(from, to);
    return differs ? leafField : emptyFields;
  }
  const fromParts = from === undefined ? undefined : partsOf(from, shapes, path);
  const children = new Map<string, FieldSet>();
  for (const [step, part] of parts) {
    const child = differing(fromParts?.get(step), part, shapes, stepPath(path, step), options);
    if (!isEmptyFieldSet(child)) children.set(step, child);
  }
  return { member: from === undefined && !shapes.alwaysPresent.has(path), children };
}

function leaves(value: Json, shapes: FieldShapes, path: string): FieldSet {
  const parts = partsOf(value, shapes, path);
  if (parts === undefined) return leafField;
  if (parts.size === 0) return path === '' || shapes.alwaysPresent.has(path) ? emptyFields : leafField;
  const children = new Map<string, FieldSet>();
  for (const [step, part] of parts) {
    const below = leaves(part, shapes, stepPath(path, step));
    const own = step.startsWith('k:') ? { ...below, member: true } : below;
    if (!isEmptyFieldSet(own)) children.set(step, own);
  }
  return { member: false, children };
}

/** What a value consists of by step; undefined for one that is owned as a whole. */
function partsOf(value: Json, shapes: FieldShapes, path: string): ReadonlyMap<string, Json> | undefined {
  if (Array.isArray(value)) {
    const shape = shapes.lists[path];
    return shape === undefined ? undefined : listItems(value, shape);
  }
  if (!isJsonObject(value) || shapes.atomic.has(path)) return undefined;
  const parts = new Map<string, Json>();
  for (const field in value) {
    const part = value[field];
    if (part !== undefined) parts.set(`f:${field}`, part);
  }
  return parts;
}

/** Items of a list share the path of the list; an atomic item is a value. */
function stepPath(path: string, step: string): string {
  if (!step.startsWith('f:')) return path;
  return path === '' ? step.slice(2) : `${path}.${step.slice(2)}`;
}
