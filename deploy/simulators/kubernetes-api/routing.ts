import { kindByResource } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { badRequest, methodNotAllowed, noSuchResource } from './status-errors.ts';

/** What a resource path is about. */
export interface Route {
  readonly kind: Kind;
  /** Undefined across all namespaces, and for kinds without one. */
  readonly namespace: string | undefined;
  /** Undefined for a collection. */
  readonly name: string | undefined;
  readonly subresource: '' | 'status';
}

export type Verb = 'GET' | 'LIST' | 'WATCH' | 'POST' | 'PUT' | 'PATCH' | 'APPLY' | 'DELETE' | 'DELETECOLLECTION';

/** A path cut into its steps, decoded. @throws StatusError 400 for a broken percent sign */
export function pathSteps(path: string): readonly string[] {
  return path
    .split('/')
    .filter((step) => step !== '')
    .map((step) => (step.includes('%') ? decodeStep(step) : step));
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    throw badRequest(`the path holds a broken percent sign: ${step}`);
  }
}

/**
 * Reads `/api/v1/…` and `/apis/<group>/<version>/…` with at least a resource; undefined for any other path.
 * @throws StatusError 404 for a group, version, resource or subresource that is not served
 */
export function parseRoute(steps: readonly string[]): Route | undefined {
  const [root, ...below] = steps;
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : (below.shift() ?? '');
  const version = below.shift() ?? '';
  if (below.length === 0) return undefined;
  const inNamespace = below[0] === 'namespaces' && below.length > 2 && below[2] !== 'status';
  const namespace = inNamespace ? below[1] : undefined;
  const [plural = '', name, subresource = '', ...rest] = inNamespace ? below.slice(2) : below;
  const kind = kindByResource(group, version, plural);
  if (kind === undefined || rest.length > 0) throw noSuchResource();
  // A namespaced object has no path of its own outside its namespace.
  if (kind.namespaced !== inNamespace && (name !== undefined || inNamespace)) throw noSuchResource();
  if (subresource !== '' && !(subresource === 'status' && kind.hasStatus)) throw noSuchResource();
  return { kind, namespace, name, subresource: subresource === 'status' ? 'status' : '' };
}

/** The verb of a request. @throws StatusError 405 */
export function verbOf(
  method: string,
  { kind, name, namespace }: Route,
  query: URLSearchParams,
  contentType: string,
): Verb {
  const collection = name === undefined;
  if (!kind.stored) {
    if (method === 'POST' && collection) return 'POST';
    throw methodNotAllowed();
  }
  switch (method) {
    case 'GET':
      if (!collection) return 'GET';
      return isTrue(query.get('watch')) ? 'WATCH' : 'LIST';
    case 'POST':
      if (collection && (namespace !== undefined || !kind.namespaced)) return 'POST';
      break;
    case 'PUT':
      if (!collection) return 'PUT';
      break;
    case 'PATCH':
      if (!collection) return contentType === 'application/apply-patch+yaml' ? 'APPLY' : 'PATCH';
      break;
    case 'DELETE':
      if (!collection) return 'DELETE';
      if (kind.deleteCollection && (namespace !== undefined || !kind.namespaced)) return 'DELETECOLLECTION';
      break;
  }
  throw methodNotAllowed();
}

/** A boolean of the query: `true` and `1` are yes. */
export function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}
