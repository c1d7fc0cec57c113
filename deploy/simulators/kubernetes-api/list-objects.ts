import type { Kind } from './kinds.ts';
import type { ListMeta } from './representation.ts';
import type { Selection } from './selection.ts';
import { badRequest, expired, failure, invalidOptions } from './status-errors.ts';
import { storageKey } from './stored-object.ts';
import type { StoredObject } from './stored-object.ts';
import type { Store } from './store.ts';

export interface Listed {
  readonly meta: ListMeta;
  readonly items: readonly StoredObject[];
}

interface Position {
  /** The version that every page shows; -1 for "whatever is newest". */
  readonly version: number;
  /** The first key that the page may hold. */
  readonly start: string;
}

/**
 * Lists objects, in pages when there is a `limit`; all pages of one list show the same state.
 * Rules: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 * @throws StatusError 400 for malformed options, 410 when the page's state is forgotten, 422, 504 for a version of the future
 */
export function listObjects(store: Store, kind: Kind, selection: Selection, query: URLSearchParams): Listed {
  const limit = parseLimit(query.get('limit'));
  const from = query.get('continue') ?? '';
  const wanted = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  if (match !== '' && wanted === '') throw matchForbidden();
  if (from !== '') return page(store, kind, selection, parsePosition(from), limit);
  const version = parseVersion(wanted);
  if (version > store.version) throw tooLarge(version, store.version);
  if (match === 'Exact') return page(store, kind, selection, { version, start: '' }, limit);
  // Version 0 is answered from the server's cache, which cannot page.
  return page(store, kind, selection, { version: -1, start: '' }, wanted === '0' ? 0 : limit);
}

/** A resourceVersion as a number; empty is 0. @throws StatusError 500 in the real server's words */
export function parseVersion(text: string): number {
  if (text === '') return 0;
  if (!/^\d+$/.test(text)) {
    throw failure(
      500,
      undefined,
      `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    );
  }
  return Number(text);
}

function page(store: Store, kind: Kind, selection: Selection, { version, start }: Position, limit: number): Listed {
  const collection = store.collection(kind);
  const at = version < 0 ? store.version : version;
  const paged = limit > 0 || version >= 0;
  const all = paged ? collection.listAt(selection.namespace, at) : collection.list(selection.namespace);
  if (all === undefined) {
    throw start === '' ? expired(`The resourceVersion for the provided list is too old.`) : continueExpired(start);
  }
  const items: StoredObject[] = [];
  for (let index = firstAtOrAfter(all, start); index < all.length; index += 1) {
    const stored = all[index];
    if (stored === undefined || (selection.selective && !selection.matches(stored))) continue;
    items.push(stored);
    if (limit === 0 || items.length < limit || index === all.length - 1) continue;
    const next = encodePosition({ version: at, start: `${storageKey(stored)}\u0000` });
    const remaining = all.length - 1 - index;
    return {
      meta: {
        resourceVersion: String(at),
        continue: next,
        ...(selection.selective ? {} : { remainingItemCount: remaining }),
      },
      items,
    };
  }
  return { meta: { resourceVersion: String(at) }, items };
}

function firstAtOrAfter(sorted: readonly StoredObject[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const stored = sorted[middle];
    if (stored !== undefined && storageKey(stored) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function encodePosition({ version, start }: Position): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start })).toString('base64url');
}

function parsePosition(token: string): Position {
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { rv?: unknown; start?: unknown };
    if (typeof rv === 'number' && typeof start === 'string') return { version: rv, start };
  } catch {
    // Falls through to the one refusal for every kind of bad token.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

function parseLimit(text: string | null): number {
  if (text === null || text === '') return 0;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Math.max(0, Number(text));
}

function matchForbidden(): Error {
  const message = 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided';
  return invalidOptions('ListOptions', { field: 'resourceVersionMatch', reason: 'FieldValueForbidden', message });
}

function continueExpired(start: string): Error {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  return expired(message, encodePosition({ version: -1, start }));
}

function tooLarge(wanted: number, current: number): Error {
  return failure(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
