import { isJsonObject } from './json.ts';
import type { JsonObject } from './json.ts';

/**
 * A set of field paths as a tree, the content of `fieldsV1`. A step is `f:name` (a field), `k:{"name":"x"}` (an item of a keyed
 * list) or `v:"x"` (an item of a set). `member` says that the path itself is in the set, beside what is below it.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const emptyFields: FieldSet = { member: false, children: new Map() };
export const leafField: FieldSet = { member: true, children: new Map() };

export function parseFieldSet(fields: JsonObject | undefined): FieldSet {
  const read = (node: JsonObject, top: boolean): FieldSet => {
    const children = new Map<string, FieldSet>();
    for (const [step, below] of Object.entries(node)) {
      if (step !== '.' && isJsonObject(below)) children.set(step, read(below, false));
    }
    return { member: node['.'] !== undefined || (!top && children.size === 0), children };
  };
  return fields === undefined ? emptyFields : read(fields, true);
}

export function formatFieldSet(set: FieldSet): JsonObject {
  const node: JsonObject = {};
  if (set.member && set.children.size > 0) node['.'] = {};
  for (const step of [...set.children.keys()].toSorted()) {
    const child = set.children.get(step);
    if (child !== undefined) node[step] = formatFieldSet(child);
  }
  return node;
}

export function isEmptyFieldSet(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

export function unite(left: FieldSet, right: FieldSet): FieldSet {
  const children = new Map(left.children);
  for (const [step, child] of right.children) {
    const own = children.get(step);
    children.set(step, own === undefined ? child : unite(own, child));
  }
  return { member: left.member || right.member, children };
}

/** The paths of `left` that are not in `right`. */
export function subtract(left: FieldSet, right: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [step, child] of left.children) {
    const other = right.children.get(step);
    const rest = other === undefined ? child : subtract(child, other);
    if (!isEmptyFieldSet(rest)) children.set(step, rest);
  }
  return { member: left.member && !right.member, children };
}

/** The paths that are in both. */
export function intersect(left: FieldSet, right: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [step, child] of left.children) {
    const other = right.children.get(step);
    const common = other === undefined ? emptyFields : intersect(child, other);
    if (!isEmptyFieldSet(common)) children.set(step, common);
  }
  return { member: left.member && right.member, children };
}

/** Each path of the set as conflicts print it: `.data.x`, `.secrets[name="s1"]`. */
export function pathsOf(set: FieldSet): readonly string[] {
  const paths: string[] = [];
  const walk = (node: FieldSet, prefix: string): void => {
    if (node.member) paths.push(prefix);
    for (const [step, child] of node.children) walk(child, `${prefix}${printStep(step)}`);
  };
  walk(set, '');
  return paths.toSorted();
}

function printStep(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith('f:')) return `.${rest}`;
  if (step.startsWith('v:')) return `[=${rest}]`;
  const keys = JSON.parse(rest) as JsonObject;
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}
