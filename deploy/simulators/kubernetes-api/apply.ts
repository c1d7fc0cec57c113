import { compareFields, fieldsOf, itemStep, listItems, manageablePart } from './field-comparison.ts';
import { emptyFields, intersect, isEmptyFieldSet, pathsOf, subtract, unite } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import type { FieldShapes } from './field-shapes.ts';
import { isJsonObject } from './json.ts';
import type { Json, JsonObject, KubernetesObject } from './json.ts';
import { formatOwners, isSameWriter, parseOwners, takeAway } from './managed-fields.ts';
import type { Owner, Writer } from './managed-fields.ts';
import { failure } from './status-errors.ts';

/**
 * Server-side apply: merges a configuration into an object, removes what the same manager applied before and no longer names, and
 * notes who owns what.
 * Rules: https://kubernetes.io/docs/reference/using-api/server-side-apply/
 * @param live the object now, undefined to create it
 * @param force take fields over from other managers
 * @throws StatusError 409 naming each manager and field, when it would change what others own
 */
export function applyConfiguration(
  live: KubernetesObject | undefined,
  configuration: KubernetesObject,
  writer: Writer,
  force: boolean,
  shapes: FieldShapes,
): KubernetesObject {
  const named = fieldsOf(manageablePart(configuration), shapes);
  const owners = ownersBefore(live, writer, shapes);
  const others = owners.filter((owner) => !isSameWriter(owner, writer));
  const appliedBefore = owners.find((owner) => isSameWriter(owner, writer))?.fields ?? emptyFields;
  const ownedByOthers = others.reduce((all, { fields }) => unite(all, fields), emptyFields);
  const merged = mergeObject(manageablePart(live), manageablePart(configuration), shapes, '');
  const kept = unite(named, ownedByOthers);
  const result = prune(merged, subtract(appliedBefore, kept), kept, shapes, '');
  const comparison = compareFields(manageablePart(live), result, shapes);
  if (!force) refuseConflicts(others, comparison.changed);
  const managedFields = formatOwners([{ ...writer, fields: named }, ...takeAway(others, comparison)]);
  const { kind, apiVersion } = live ?? configuration;
  const resultMetadata = isJsonObject(result['metadata']) ? result['metadata'] : {};
  const metadata = { ...serverMetadata(live ?? configuration), ...resultMetadata };
  if (managedFields !== undefined) metadata.managedFields = managedFields;
  return { ...result, kind, apiVersion, metadata };
}

/** An object that nobody owned so far gets an owner for what it held, so that the first apply cannot take it silently. */
function ownersBefore(live: KubernetesObject | undefined, writer: Writer, shapes: FieldShapes): readonly Owner[] {
  const owners = parseOwners(live?.metadata.managedFields);
  if (live === undefined || owners.length > 0) return owners;
  const fields = fieldsOf(manageablePart(live), shapes);
  return [{ ...writer, manager: 'before-first-apply', operation: 'Update', fields }].filter(
    (owner) => !isEmptyFieldSet(owner.fields),
  ) as readonly Owner[];
}

function mergeObject(live: JsonObject, applied: JsonObject, shapes: FieldShapes, path: string): JsonObject {
  const merged: JsonObject = { ...live };
  for (const [field, value] of Object.entries(applied)) {
    if (value !== undefined && value !== null)
      merged[field] = mergeValue(live[field], value, shapes, join(path, field));
  }
  return merged;
}

function mergeValue(live: Json | undefined, applied: Json, shapes: FieldShapes, path: string): Json {
  if (isJsonObject(applied) && isJsonObject(live) && !shapes.atomic.has(path)) {
    return mergeObject(live, applied, shapes, path);
  }
  const shape = shapes.lists[path];
  if (!Array.isArray(applied) || !Array.isArray(live) || shape === undefined) return applied;
  const items = new Map(listItems(live, shape));
  for (const [step, item] of listItems(applied, shape)) {
    const old = items.get(step);
    items.set(step, old === undefined ? item : mergeValue(old, item, shapes, path));
  }
  return [...items.values()];
}

/**
 * Takes paths out of an object; what is empty afterwards goes too, as it would not be written.
 * @param kept what somebody still owns: a map stays while anything in it is kept
 */
function prune(object: JsonObject, gone: FieldSet, kept: FieldSet, shapes: FieldShapes, path: string): JsonObject {
  const pruned: JsonObject = { ...object };
  for (const [step, below] of gone.children) {
    const field = step.slice(2);
    const value = pruned[field];
    const keptBelow = kept.children.get(step);
    if (below.member && keptBelow === undefined) delete pruned[field];
    else if (isJsonObject(value)) {
      pruned[field] = orAbsent(prune(value, below, keptBelow ?? emptyFields, shapes, join(path, field)));
    } else if (Array.isArray(value)) {
      pruned[field] = orAbsent(pruneList(value, below, keptBelow ?? emptyFields, shapes, join(path, field)));
    }
  }
  return pruned;
}

function pruneList(list: Json[], gone: FieldSet, kept: FieldSet, shapes: FieldShapes, path: string): Json[] {
  const shape = shapes.lists[path];
  if (shape === undefined) return list;
  return list.flatMap((item) => {
    const step = itemStep(item, shape);
    const below = gone.children.get(step);
    const keptBelow = kept.children.get(step);
    if (below === undefined) return [item];
    if (below.member && keptBelow === undefined) return [];
    return [isJsonObject(item) ? prune(item, below, keptBelow ?? emptyFields, shapes, path) : item];
  });
}

function orAbsent<T extends Json>(value: T): T | undefined {
  return Object.keys(value as object).length === 0 ? undefined : value;
}

function refuseConflicts(others: readonly Owner[], changed: FieldSet): void {
  const conflicts = others.flatMap((owner) => {
    const paths = pathsOf(intersect(owner.fields, changed));
    return paths.length === 0 ? [] : [{ owner: printOwner(owner), paths }];
  });
  if (conflicts.length === 0) return;
  const causes = conflicts.flatMap(({ owner, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${owner}`, field })),
  );
  const lines = conflicts.map(({ owner, paths }) =>
    paths.length === 1
      ? `conflict with ${owner}: ${paths.join()}`
      : `conflicts with ${owner}:\n- ${paths.join('\n- ')}`,
  );
  const count = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`;
  throw failure(409, 'Conflict', `Apply failed with ${count}: ${lines.join('\n')}`, { causes });
}

function printOwner({ manager, operation, apiVersion, subresource }: Owner): string {
  const name = subresource === '' ? `"${manager}"` : `"${manager}" with subresource "${subresource}"`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

/** The metadata that no manager owns: names and what the server filled in. */
function serverMetadata(object: KubernetesObject): KubernetesObject['metadata'] {
  const managed = new Set(['labels', 'annotations', 'finalizers', 'ownerReferences', 'managedFields']);
  return Object.fromEntries(Object.entries(object.metadata).filter(([field]) => !managed.has(field)));
}

function join(path: string, field: string): string {
  return path === '' ? field : `${path}.${field}`;
}
