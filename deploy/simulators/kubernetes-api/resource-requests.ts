import { json } from './answers.ts';
import type { Answer } from './answers.ts';
import { deleteObject } from './delete-objects.ts';
import type { FieldValidation } from './decoding.ts';
import type { Json, JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import { listObjects, parseVersion } from './list-objects.ts';
import { patchObject, patchTypes } from './patch-objects.ts';
import type { PatchType } from './patch-objects.ts';
import { negotiate, renderList, renderObject } from './representation.ts';
import { decodeBody, decodeDeleteOptions } from './request-body.ts';
import { isTrue } from './routing.ts';
import type { Route, Verb } from './routing.ts';
import { parseSelection } from './selection.ts';
import { deletedStatus, failure, invalidOptions, methodNotAllowed, notFound } from './status-errors.ts';
import type { Store } from './store.ts';
import { createObject, replaceObject } from './write-objects.ts';
import type { Target, WriteOptions, Written } from './write-objects.ts';

/** A request on a resource with everything that was read from it. */
export interface ResourceRequest {
  readonly route: Route;
  readonly verb: Verb;
  readonly query: URLSearchParams;
  readonly accept: string;
  readonly contentType: string;
  readonly userAgent: string;
  readonly body: Buffer;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Answers one request on a resource. It runs without a pause, so every write is atomic. @throws StatusError */
export function answerResource(store: Store, request: ResourceRequest): Answer {
  return request.route.kind.stored ? handlers[request.verb](store, request) : review(request);
}

/** What answers each verb. */
const handlers: Readonly<Record<Verb, (store: Store, request: ResourceRequest) => Answer>> = {
  GET: get,
  LIST: list,
  WATCH: (_store, request) => ({ type: 'watch', watch: watch(request) }),
  POST: (store, request) =>
    write(request, (body, options) => createObject(store, target(request.route), body, options)),
  PUT: (store, request) =>
    write(request, (body, options) => replaceObject(store, target(request.route), body, options)),
  PATCH: patch,
  APPLY: patch,
  DELETE: remove,
  DELETECOLLECTION: removeAll,
};

/** How long a watch runs when the client does not say. */
const defaultWatchSeconds = 1800;

function get(store: Store, { route, query, accept, now }: ResourceRequest): Answer {
  const view = negotiate(route.kind, accept, 'single', query);
  const stored = store.get(route.kind, route.namespace ?? '', route.name ?? '');
  if (stored === undefined) throw notFound(route.kind, route.name ?? '');
  return json(200, renderObject(view, stored, now));
}

function list(store: Store, { route, query, accept, now }: ResourceRequest): Answer {
  const view = negotiate(route.kind, accept, 'list', query);
  const selection = parseSelection(route.kind, route.namespace, query);
  const { meta, items } = listObjects(store, route.kind, selection, query);
  return json(200, renderList(view, meta, items, now));
}

function watch({ route, query, accept }: ResourceRequest): Extract<Answer, { type: 'watch' }>['watch'] {
  const initial = isTrue(query.get('sendInitialEvents'));
  if (query.has('sendInitialEvents') && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const message = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    throw invalidOptions('ListOptions', { field: 'resourceVersionMatch', reason: 'FieldValueForbidden', message });
  }
  const version = parseVersion(query.get('resourceVersion') ?? '');
  const timeoutSeconds = Number(query.get('timeoutSeconds') ?? 0);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  return {
    view: negotiate(route.kind, accept, 'single', query),
    selection: parseSelection(route.kind, route.namespace, query),
    from: version === 0 || initial ? undefined : version,
    bookmarks,
    markInitialEnd: initial && bookmarks,
    timeoutSeconds: timeoutSeconds > 0 ? timeoutSeconds : defaultWatchSeconds,
  };
}

function write(request: ResourceRequest, act: (body: Json, options: WriteOptions) => Written): Answer {
  const options = writeOptions(request);
  const body = decodeBody(request.route.kind, request.body, request.contentType);
  return written(request, options, act(body, options));
}

function patch(store: Store, request: ResourceRequest): Answer {
  const { route, query } = request;
  const options = writeOptions(request);
  const asked = {
    type: patchTypeOf(request.contentType),
    text: request.body.toString(),
    fieldManager: query.get('fieldManager') ?? undefined,
    force: query.has('force') ? isTrue(query.get('force')) : undefined,
  };
  return written(request, options, patchObject(store, target(route), asked, options));
}

function remove(store: Store, request: ResourceRequest): Answer {
  const { route, query, accept, body, now } = request;
  const view = negotiate(route.kind, accept, 'single', query);
  const options = decodeDeleteOptions(body);
  const { stored, gone } = deleteObject(store, target(route), { options, dryRun: isDryRun(query), now });
  if (gone && !route.kind.returnsDeleted) return json(200, deletedStatus(route.kind, stored.name, stored.uid));
  return json(200, renderObject(view, stored, now));
}

function removeAll(store: Store, request: ResourceRequest): Answer {
  const { route, query, accept, body, now } = request;
  const view = negotiate(route.kind, accept, 'list', query);
  const selection = parseSelection(route.kind, route.namespace, query);
  const { meta, items } = listObjects(store, route.kind, selection, query);
  const options = decodeDeleteOptions(body);
  for (const { namespace, name } of items) {
    deleteObject(store, { kind: route.kind, namespace, name }, { options, dryRun: isDryRun(query), now });
  }
  return json(200, renderList(view, meta, items, now));
}

/** A SelfSubjectAccessReview: everything is allowed here. */
function review({ route, body, contentType }: ResourceRequest): Answer {
  const asked = decodeBody(route.kind, body, contentType);
  const answer: JsonObject = {
    kind: route.kind.kind,
    apiVersion: `${route.kind.group}/${route.kind.version}`,
    metadata: {},
  };
  return json(201, {
    ...answer,
    ...(isJsonObject(asked) ? { spec: asked['spec'] ?? {} } : {}),
    status: { allowed: true },
  });
}

function written(
  { route, query, accept, now }: ResourceRequest,
  options: WriteOptions,
  { stored, created }: Written,
): Answer {
  const view = negotiate(route.kind, accept, 'single', query);
  const warnings = options.warnings.map((text) => `299 - ${JSON.stringify(text)}`);
  return json(created ? 201 : 200, renderObject(view, stored, now), warnings.length === 0 ? {} : { warning: warnings });
}

function target({ kind, namespace = '', name = '' }: Route): Target {
  return { kind, namespace, name };
}

function writeOptions({ route, query, userAgent, accept, now }: ResourceRequest): WriteOptions {
  // Refused before anything is written: nobody could read the answer.
  negotiate(route.kind, accept, 'single', query);
  return {
    manager: query.get('fieldManager') || (userAgent.split('/')[0] ?? '').slice(0, 128) || 'unknown',
    dryRun: isDryRun(query),
    fieldValidation: fieldValidationOf(query.get('fieldValidation')),
    subresource: route.subresource,
    now,
    warnings: [],
  };
}

function isDryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun');
  const unknown = values.find((value) => value !== 'All' && value !== '');
  if (unknown === undefined) return values.includes('All');
  const message = `Unsupported value: ${JSON.stringify(unknown)}: supported values: "All"`;
  throw invalidOptions('CreateOptions', { field: 'dryRun', reason: 'FieldValueInvalid', message });
}

function fieldValidationOf(text: string | null): FieldValidation {
  return text === 'Strict' || text === 'Ignore' ? text : 'Warn';
}

function patchTypeOf(contentType: string): PatchType {
  if (contentType === '') throw methodNotAllowed();
  const type = (patchTypes as Readonly<Record<string, PatchType>>)[contentType];
  if (type === undefined) throw failure(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  return type;
}
