import { applyConfiguration } from './apply.ts';
import { decodeObject } from './decoding.ts';
import type { FieldValidation } from './decoding.ts';
import { sameJson, textAt } from './json.ts';
import type { Json, KubernetesObject } from './json.ts';
import { apiVersionOf, coreKind } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { formatOwners, isSameState, trackUpdate } from './managed-fields.ts';
import type { Writer } from './managed-fields.ts';
import { generatedName, timestamp, withFirstFields, withServerFields } from './server-fields.ts';
import { alreadyExists, badRequest, conflict, failure, invalid, notFound } from './status-errors.ts';
import { parseServed, storeObject } from './stored-object.ts';
import type { StoredObject } from './stored-object.ts';
import type { Store } from './store.ts';
import { validateChange, validateObject } from './validation.ts';

/** How a write is to be done, from its query and headers. */
export interface WriteOptions {
  readonly manager: string;
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
  readonly subresource: '' | 'status';
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Filled with what the client should be warned of. */
  readonly warnings: string[];
}

export interface Target {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

export interface Written {
  readonly stored: StoredObject;
  readonly created: boolean;
}

/** Creates an object from a decoded body. @throws StatusError 400, 403, 404, 409, 422 */
export function createObject(store: Store, target: Target, body: Json, options: WriteOptions): Written {
  const { kind } = target;
  const object = placed(target, decodeObject(kind, body, options.fieldValidation, options.warnings));
  object.metadata.name ??= generatedName(object);
  if (object.metadata.resourceVersion !== undefined) {
    throw failure(500, undefined, 'resourceVersion should not be set on objects to be created');
  }
  return insert(store, { ...target, name: object.metadata.name ?? '' }, object, options, (complete) =>
    formatOwners(trackUpdate(undefined, withoutStatus(kind, complete), writer(kind, 'Update', options), kind.shapes)),
  );
}

/**
 * Replaces an object by a decoded body. Another uid is a conflict here, while a patch that sets one is an invalid change.
 * @throws StatusError 400, 404, 409, 422
 */
export function replaceObject(store: Store, target: Target, body: Json, options: WriteOptions): Written {
  const { kind, namespace, name } = target;
  const live = store.get(kind, namespace, name);
  if (live === undefined) throw notFound(kind, name);
  const uid = textAt(body, ['metadata', 'uid']);
  if (uid !== '' && uid !== live.uid) {
    throw conflict(kind, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.uid}`);
  }
  return updateObject(store, target, live, parseServed(kind, live), body, options);
}

/**
 * Updates an object to a decoded body, which may come from a patch of `before`, the parsed `live`.
 * @throws StatusError 400, 404, 409, 422
 */
export function updateObject(
  store: Store,
  target: Target,
  live: StoredObject,
  before: KubernetesObject,
  body: Json,
  options: WriteOptions,
): Written {
  const { kind } = target;
  const decoded = placed(target, decodeObject(kind, body, options.fieldValidation, options.warnings));
  refuseOtherName(target, decoded);
  requireVersion(target, live, decoded);
  const after = withServerFields(kind, before, decoded, options.subresource);
  if (sameJson(before, after)) return unchanged(live);
  const owners = trackUpdate(before, after, writer(kind, 'Update', options), kind.shapes);
  return replace(store, target, live, before, withOwners(after, formatOwners(owners)), options);
}

/** Applies a configuration (server-side apply), creating the object when it is missing. @throws StatusError 400, 404, 409, 422 */
export function applyObject(
  store: Store,
  target: Target,
  live: StoredObject | undefined,
  body: Json,
  force: boolean,
  options: WriteOptions,
): Written {
  const { kind } = target;
  const configuration = placed(target, decodeObject(kind, body, options.fieldValidation, options.warnings));
  refuseOtherName(target, configuration);
  const by = writer(kind, 'Apply', options);
  if (live === undefined) {
    const { uid } = configuration.metadata;
    if (uid !== undefined) {
      throw conflict(
        kind,
        target.name,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      );
    }
    const applied = applyConfiguration(undefined, configuration, by, force, kind.shapes);
    return insert(store, target, applied, options, () => applied.metadata.managedFields);
  }
  const before = parseServed(kind, live);
  if (configuration.metadata.resourceVersion !== undefined) requireVersion(target, live, configuration);
  validateChange(kind, before, { ...before, metadata: { ...before.metadata, ...uidOf(configuration) } });
  const merged = applyConfiguration(before, configuration, by, force, kind.shapes);
  const decoded = decodeObject(kind, merged, 'Ignore', options.warnings);
  const after = withServerFields(kind, before, decoded, options.subresource);
  return replace(store, target, live, before, withOwners(after, merged.metadata.managedFields), options);
}

function insert(
  store: Store,
  target: Target,
  object: KubernetesObject,
  options: WriteOptions,
  owners: (complete: KubernetesObject) => KubernetesObject['metadata']['managedFields'],
): Written {
  const { kind, namespace, name } = target;
  validateObject(kind, object);
  if (kind.namespaced) requireOpenNamespace(store, target);
  if (store.get(kind, namespace, name) !== undefined) throw alreadyExists(kind, name);
  const complete = withFirstFields(kind, object, options.now);
  const owned = withOwners(complete, owners(complete));
  const kept = kind.conversion?.toStored(owned) ?? owned;
  return { stored: options.dryRun ? storeObject(kind, kept, 0) : store.put(kind, kept), created: true };
}

function replace(
  store: Store,
  target: Target,
  live: StoredObject,
  before: KubernetesObject,
  after: KubernetesObject,
  options: WriteOptions,
): Written {
  const { kind } = target;
  validateChange(kind, before, after);
  validateObject(kind, after);
  if (isSameState(before, after)) return unchanged(live);
  const kept = kind.conversion?.toStored(after) ?? after;
  if (options.dryRun) return { stored: storeObject(kind, kept, live.version), created: false };
  const stored = store.put(kind, kept);
  // An object that waits for its finalizers goes with the last of them.
  const done =
    after.metadata.deletionTimestamp !== undefined &&
    after.metadata.finalizers === undefined &&
    kind.kind !== 'Namespace';
  return { stored: done ? store.remove(kind, stored) : stored, created: false };
}

function unchanged(live: StoredObject): Written {
  return { stored: live, created: false };
}

function placed(target: Target, object: KubernetesObject): KubernetesObject {
  const given = object.metadata.namespace;
  if (!target.kind.namespaced) {
    if (given !== undefined) delete object.metadata.namespace;
    return object;
  }
  if (given !== undefined && given !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  object.metadata.namespace = target.namespace;
  return object;
}

function refuseOtherName({ name }: Target, object: KubernetesObject): void {
  object.metadata.name ??= name;
  if (object.metadata.name !== name) {
    throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`);
  }
}

function requireVersion({ kind, name }: Target, live: StoredObject, { metadata }: KubernetesObject): void {
  const { resourceVersion } = metadata;
  if (resourceVersion === undefined || resourceVersion === '0') {
    if (kind.unconditionalUpdate) return;
    const message = 'Invalid value: 0: must be specified for an update';
    throw invalid(kind, name, [{ field: 'metadata.resourceVersion', reason: 'FieldValueInvalid', message }]);
  }
  if (!/^\d+$/.test(resourceVersion)) {
    throw failure(500, undefined, `strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`);
  }
  if (Number(resourceVersion) !== live.version) throw conflict(kind, name);
}

function requireOpenNamespace(store: Store, { kind, namespace, name }: Target): void {
  const namespaces = coreKind('namespaces');
  const found = store.get(namespaces, '', namespace);
  if (found === undefined) throw notFound(namespaces, namespace);
  if (found.fields['status.phase'] !== 'Terminating') return;
  const message = `${kind.plural} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  throw failure(403, 'Forbidden', message, { name, kind: kind.plural, causes: [cause] });
}

function withOwners(
  object: KubernetesObject,
  managedFields: KubernetesObject['metadata']['managedFields'],
): KubernetesObject {
  const { managedFields: _before, ...metadata } = object.metadata;
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}

function writer(kind: Kind, operation: Writer['operation'], { manager, subresource, now }: WriteOptions): Writer {
  return { manager, operation, apiVersion: apiVersionOf(kind), subresource, time: timestamp(now) };
}

function uidOf(object: KubernetesObject): { uid?: string } {
  return object.metadata.uid === undefined ? {} : { uid: object.metadata.uid };
}

/** The object without what the server itself fills in at birth: its creator does not own that. */
function withoutStatus(kind: Kind, object: KubernetesObject): KubernetesObject {
  if (!kind.hasStatus) return object;
  const owned = { ...object };
  delete owned['status'];
  if (kind.kind === 'Namespace') delete owned['spec'];
  return owned;
}
