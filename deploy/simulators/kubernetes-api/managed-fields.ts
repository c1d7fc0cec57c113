import { compareFields, manageablePart } from './field-comparison.ts';
import type { FieldComparison } from './field-comparison.ts';
import { formatFieldSet, isEmptyFieldSet, parseFieldSet, subtract, unite } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import type { FieldShapes } from './field-shapes.ts';
import { isJsonObject, sameJson } from './json.ts';
import type { JsonObject, KubernetesObject, ManagedFieldsEntry } from './json.ts';

/** One manager and what it owns. */
export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Who writes, how and when. */
export type Writer = Omit<Owner, 'fields'>;

/**
 * The owners after a write that is not an apply: the writer owns what it added or changed, everybody else loses that, and
 * what was removed belongs to nobody.
 * Rules: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export function trackUpdate(
  before: KubernetesObject | undefined,
  after: KubernetesObject,
  writer: Writer,
  shapes: FieldShapes,
): readonly Owner[] {
  if (isReset(after)) return [];
  const given = parseOwners(after.metadata.managedFields);
  const owners = given.length > 0 ? given : parseOwners(before?.metadata.managedFields);
  const comparison = compareFields(manageablePart(before), manageablePart(after), shapes);
  const others = takeAway(
    owners.filter((owner) => !isSameWriter(owner, writer)),
    comparison,
  );
  const own = owners.find((owner) => isSameWriter(owner, writer));
  if (isEmptyFieldSet(comparison.changed)) {
    const rest = own === undefined ? [] : takeAway([own], { changed: comparison.removed, removed: comparison.removed });
    return [...rest, ...others];
  }
  const kept = own === undefined ? comparison.changed : unite(own.fields, comparison.changed);
  return [{ ...writer, fields: subtract(kept, comparison.removed) }, ...others];
}

/** The other owners after somebody changed and removed fields: those are no longer theirs. */
export function takeAway(owners: readonly Owner[], { changed, removed }: FieldComparison): readonly Owner[] {
  return owners
    .map((owner) => ({ ...owner, fields: subtract(subtract(owner.fields, changed), removed) }))
    .filter((owner) => !isEmptyFieldSet(owner.fields));
}

export function isSameWriter(owner: Writer, writer: Writer): boolean {
  return (
    owner.manager === writer.manager &&
    owner.operation === writer.operation &&
    owner.apiVersion === writer.apiVersion &&
    owner.subresource === writer.subresource
  );
}

export function parseOwners(entries: readonly ManagedFieldsEntry[] | undefined): readonly Owner[] {
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry): Owner[] => {
    const { manager, operation, apiVersion, subresource = '', time, fieldsV1 } = entry;
    if (typeof manager !== 'string' || (operation !== 'Apply' && operation !== 'Update')) return [];
    return [{ manager, operation, apiVersion: apiVersion ?? '', subresource, time, fields: parseFieldSet(fieldsV1) }];
  });
}

/** The entries of `metadata.managedFields`, in the real server's order; undefined when nobody owns anything. */
export function formatOwners(owners: readonly Owner[]): ManagedFieldsEntry[] | undefined {
  const owning = owners.filter(({ fields }) => !isEmptyFieldSet(fields));
  if (owning.length === 0) return undefined;
  return owning.toSorted(inPrintedOrder).map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: formatFieldSet(fields),
    ...(subresource === '' ? {} : { subresource }),
  }));
}

/** Whether two states are the same but for the times of their owners: such a write is none. */
export function isSameState(before: KubernetesObject, after: KubernetesObject): boolean {
  return sameJson(withoutTimes(before), withoutTimes(after));
}

/** `managedFields: [{}]` asks the server to forget all owners. */
function isReset(object: KubernetesObject): boolean {
  const [first, second] = object.metadata.managedFields ?? [];
  return isJsonObject(first) && second === undefined && Object.keys(first).length === 0;
}

function withoutTimes(object: KubernetesObject): JsonObject {
  const { resourceVersion: _version, managedFields, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, managedFields: managedFields?.map(({ time: _time, ...entry }) => entry) },
  };
}

function inPrintedOrder(left: Owner, right: Owner): number {
  if (left.operation !== right.operation) return left.operation < right.operation ? -1 : 1;
  if (left.time !== right.time) return (left.time ?? '') < (right.time ?? '') ? -1 : 1;
  if (left.manager !== right.manager) return left.manager < right.manager ? -1 : 1;
  return left.subresource < right.subresource ? -1 : 1;
}
