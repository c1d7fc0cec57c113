import { isJsonObject, valueAt } from './json.ts';
import type { Json } from './json.ts';
import { coreKind } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { failure, notFound } from './status-errors.ts';
import { atVersion, parseStored } from './stored-object.ts';
import type { StoredObject } from './stored-object.ts';
import type { Store } from './store.ts';
import { timestamp } from './server-fields.ts';
import type { Target } from './write-objects.ts';

export interface DeleteRequest {
  /** The DeleteOptions of the body, if any. */
  readonly options: Json;
  readonly dryRun: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a deletion left: the object is gone, or it stays for its finalizers. */
export interface Deletion {
  readonly stored: StoredObject;
  readonly gone: boolean;
}

/** Namespaces that the real server refuses to delete. */
const undeletable = new Set(['default', 'kube-system', 'kube-public']);

/** Deletes an object, or marks it when finalizers (a namespace always has one) hold it. @throws StatusError 403, 404, 409 */
export function deleteObject(store: Store, { kind, namespace, name }: Target, request: DeleteRequest): Deletion {
  const live = store.get(kind, namespace, name);
  if (live === undefined) throw notFound(kind, name);
  checkPreconditions(kind, live, request.options);
  if (kind.kind === 'Namespace' && undeletable.has(name)) {
    throw failure(403, 'Forbidden', `namespaces "${name}" is forbidden: this namespace may not be deleted`, {
      name,
      kind: kind.plural,
    });
  }
  const object = parseStored(live);
  const held = kind.kind === 'Namespace' || (object.metadata.finalizers ?? []).length > 0;
  const dryRun = request.dryRun || isDryRun(request.options);
  if (!held) return { stored: dryRun ? live : store.remove(kind, live), gone: true };
  if (object.metadata.deletionTimestamp !== undefined || dryRun) return { stored: live, gone: false };
  object.metadata.deletionTimestamp = timestamp(request.now);
  if (kind.kind === 'Namespace') object['status'] = { phase: 'Terminating' };
  else object.metadata['deletionGracePeriodSeconds'] = 0;
  return { stored: store.put(kind, object), gone: false };
}

/** Takes the server's own finalizer off a namespace whose content is gone, which removes it. */
export function finalizeNamespace(store: Store, name: string): StoredObject | undefined {
  const namespaces = coreKind('namespaces');
  const live = store.get(namespaces, '', name);
  return live === undefined ? undefined : atVersion(store.remove(namespaces, live), store.version);
}

function checkPreconditions(kind: Kind, live: StoredObject, options: Json): void {
  const preconditions = valueAt(options, ['preconditions']);
  if (!isJsonObject(preconditions)) return;
  const { uid, resourceVersion } = preconditions;
  if (typeof uid === 'string' && uid !== live.uid) {
    throw unmet(
      kind,
      live,
      `the UID in the precondition (${uid}) does not match the UID in record (${live.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (typeof resourceVersion === 'string' && resourceVersion !== String(live.version)) {
    throw unmet(
      kind,
      live,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${live.version}). The object might have been modified`,
    );
  }
}

/** Unlike other conflicts this one names the kind, not the resource: so does the real server. */
function unmet(kind: Kind, { name }: StoredObject, why: string): Error {
  return failure(409, 'Conflict', `Operation cannot be fulfilled on ${kind.kind} "${name}": ${why}`, {
    name,
    kind: kind.kind,
  });
}

function isDryRun(options: Json): boolean {
  const dryRun = valueAt(options, ['dryRun']);
  return Array.isArray(dryRun) && dryRun.includes('All');
}
