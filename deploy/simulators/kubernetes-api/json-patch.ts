import { copyJson, isJsonObject, printed, sameJson } from './json.ts';
import type { Json } from './json.ts';

/** Why a patch could not be applied; the server answers all of these alike. */
export class PatchFailed extends Error {}

type Parent =
  | { readonly list: Json[]; readonly key: string }
  | { readonly map: Record<string, Json | undefined>; readonly key: string };

/**
 * Applies a JSON Patch (RFC 6902) to a document that may be changed in place; returns the new document.
 * @throws PatchFailed when an operation is malformed, its path is missing, or a `test` does not hold
 */
export function applyJsonPatch(document: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw new PatchFailed('a JSON Patch is a list of operations');
  return operations.reduce<Json>((current, operation) => applyOperation(current, operation), document);
}

function applyOperation(document: Json, operation: Json): Json {
  if (!isJsonObject(operation)) throw new PatchFailed('an operation is an object');
  const path = pointer(operation['path']);
  const value = operation['value'];
  switch (printed(operation['op'])) {
    case 'add':
      return add(document, path, required(value));
    case 'replace':
      // The server's library replaces a missing field of an object too, unlike RFC 6902.
      return path.length === 0 ? required(value) : put(document, path, required(value));
    case 'remove':
      return remove(document, path);
    case 'test':
      if (!sameJson(find(document, path) ?? null, value ?? null)) throw new PatchFailed('a test does not hold');
      return document;
    case 'move': {
      const from = pointer(operation['from']);
      const moved = read(document, from);
      return add(remove(document, from), path, moved);
    }
    case 'copy':
      return add(document, path, copyJson(read(document, pointer(operation['from']))));
    default:
      throw new PatchFailed('unknown operation');
  }
}

function pointer(text: Json | undefined): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) throw new PatchFailed('not a JSON Pointer');
  return text
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function required(value: Json | undefined): Json {
  if (value === undefined) throw new PatchFailed('an operation lacks its value');
  return value;
}

function add(document: Json, path: readonly string[], value: Json): Json {
  if (path.length === 0) return value;
  const parent = parentOf(document, path);
  if ('map' in parent) parent.map[parent.key] = value;
  else if (parent.key === '-') parent.list.push(value);
  else parent.list.splice(position(parent.key, parent.list.length), 0, value);
  return document;
}

function put(document: Json, path: readonly string[], value: Json): Json {
  const parent = parentOf(document, path);
  if ('map' in parent) parent.map[parent.key] = value;
  else parent.list[position(parent.key, parent.list.length - 1)] = value;
  return document;
}

function remove(document: Json, path: readonly string[]): Json {
  if (path.length === 0) return null;
  read(document, path);
  const parent = parentOf(document, path);
  if ('map' in parent) delete parent.map[parent.key];
  else parent.list.splice(position(parent.key, parent.list.length - 1), 1);
  return document;
}

function read(document: Json, path: readonly string[]): Json {
  const found = find(document, path);
  if (found === undefined) throw new PatchFailed('a path does not exist');
  return found;
}

function find(document: Json, path: readonly string[]): Json | undefined {
  if (path.length === 0) return document;
  const parent = parentOf(document, path);
  return 'map' in parent ? parent.map[parent.key] : parent.list[position(parent.key, parent.list.length - 1)];
}

function parentOf(document: Json, path: readonly string[]): Parent {
  let current: Json | undefined = document;
  for (const step of path.slice(0, -1)) {
    current = Array.isArray(current)
      ? current[position(step, current.length - 1)]
      : isJsonObject(current)
        ? current[step]
        : undefined;
  }
  const key = path.at(-1) ?? '';
  if (Array.isArray(current)) return { list: current, key };
  if (isJsonObject(current)) return { map: current, key };
  throw new PatchFailed('a path does not exist');
}

function position(text: string, last: number): number {
  if (!/^(?:0|[1-9]\d*)$/.test(text) || Number(text) > last) throw new PatchFailed('a list has no such position');
  return Number(text);
}
