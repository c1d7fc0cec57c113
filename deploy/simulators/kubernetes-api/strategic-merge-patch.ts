import type { FieldShapes, ListShape } from './field-shapes.ts';
import { isJsonObject, sameJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/**
 * Applies a strategic merge patch: like a merge patch, but lists with a merge key merge by it and sets unite; every other list is
 * replaced. Knows `$patch: replace | delete`, `$retainKeys`, `$deleteFromPrimitiveList/…`; `$setElementOrder/…` sets the order.
 * Rules: https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */
export function applyStrategicMergePatch(target: JsonObject, patch: JsonObject, shapes: FieldShapes): JsonObject {
  return mergeObjects(target, patch, shapes, '');
}

function mergeObjects(target: JsonObject, patch: JsonObject, shapes: FieldShapes, path: string): JsonObject {
  const { $patch: directive, $retainKeys: retained, ...fields } = patch;
  if (directive === 'delete') return {};
  if (directive === 'replace') return withoutNulls(fields);
  const merged: JsonObject = Array.isArray(retained)
    ? Object.fromEntries(Object.entries(target).filter(([field]) => retained.includes(field)))
    : { ...target };
  for (const [field, value] of Object.entries(fields)) {
    if (field.startsWith('$') || value === undefined) continue;
    if (value === null) delete merged[field];
    else merged[field] = mergeValue(merged[field], value, shapes, path === '' ? field : `${path}.${field}`);
  }
  for (const [field, value] of Object.entries(fields)) applyDirective(merged, field, value, shapes, path);
  return merged;
}

function mergeValue(target: Json | undefined, patch: Json, shapes: FieldShapes, path: string): Json {
  if (isJsonObject(patch)) return mergeObjects(isJsonObject(target) ? target : {}, patch, shapes, path);
  if (!Array.isArray(patch)) return patch;
  const shape = shapes.lists[path];
  if (shape === undefined) return patch;
  const present = Array.isArray(target) ? target : [];
  return shape.type === 'set' ? unite(present, patch) : mergeKeyed(present, patch, shape, shapes, path);
}

function unite(present: readonly Json[], added: readonly Json[]): Json[] {
  return [...present, ...added.filter((item) => !present.includes(item))];
}

/** New items come first, in the patch's order, as the real server puts them. */
function mergeKeyed(present: Json[], patch: Json[], shape: KeyedList, shapes: FieldShapes, path: string): Json[] {
  if (patch.some((item) => isJsonObject(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !(isJsonObject(item) && item['$patch'] !== undefined));
  }
  const kept = [...present];
  const added: Json[] = [];
  for (const item of patch) {
    if (!isJsonObject(item)) continue;
    const at = kept.findIndex((other) => isJsonObject(other) && sameKey(other, item, shape));
    const old = kept[at];
    if (item['$patch'] === 'delete') {
      if (at >= 0) kept.splice(at, 1);
    } else if (isJsonObject(old)) kept[at] = mergeObjects(old, item, shapes, path);
    else added.push(withoutNulls(item));
  }
  return [...added, ...kept];
}

function applyDirective(
  merged: JsonObject,
  name: string,
  value: Json | undefined,
  shapes: FieldShapes,
  path: string,
): void {
  const [directive = '', field = ''] = name.split('/', 2);
  const list = merged[field];
  if (!Array.isArray(list) || !Array.isArray(value)) return;
  if (directive === '$deleteFromPrimitiveList') merged[field] = list.filter((item) => !value.includes(item));
  if (directive !== '$setElementOrder') return;
  const shape = shapes.lists[path === '' ? field : `${path}.${field}`];
  const rank = (item: Json): number => {
    const at = value.findIndex((other) =>
      shape?.type === 'keyed' && isJsonObject(item) && isJsonObject(other)
        ? sameKey(item, other, shape)
        : sameJson(item, other),
    );
    return at < 0 ? value.length : at;
  };
  merged[field] = list.toSorted((a, b) => rank(a) - rank(b));
}

type KeyedList = Extract<ListShape, { type: 'keyed' }>;

function sameKey(left: JsonObject, right: JsonObject, shape: KeyedList): boolean {
  // The strategic merge key is the first of the keys that apply uses.
  const key = shape.keys[0] ?? 'name';
  return sameJson(left[key], right[key]);
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}
