import { textAt } from './json.ts';
import type { JsonObject, KubernetesObject, ObjectMeta } from './json.ts';
import { apiVersionOf } from './kinds.ts';
import type { Kind } from './kinds.ts';

/**
 * One object as it is kept: its JSON text, plus what must be found without parsing. Text costs a third of the memory of the
 * parsed object, goes into lists and watch events as it is, and cannot be changed by accident.
 */
export interface StoredObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly version: number;
  readonly text: string;
  /** Where the value of `metadata` starts and ends in `text`: metadata-only answers are cut out, not parsed. */
  readonly metadataStart: number;
  readonly metadataEnd: number;
  readonly labels: JsonObject | undefined;
  /** The values that the kind's field selectors compare, by their dotted path in the object. */
  readonly fields: Readonly<Record<string, string>>;
}

const noFields: Readonly<Record<string, string>> = Object.freeze({});

/** Writes an object down at a version (0: none, for what is never kept); kind, apiVersion and metadata come first, as in the real server's answers. */
export function storeObject(kind: Kind, object: KubernetesObject, version: number): StoredObject {
  const metadata = orderedMetadata(object.metadata, version);
  const metadataText = JSON.stringify(metadata);
  const head = textBeforeMetadata(kind);
  const { kind: _kind, apiVersion: _apiVersion, metadata: _metadata, ...rest } = object;
  const restText = JSON.stringify(rest);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    version,
    text: `${head}${metadataText}${restText === '{}' ? '}' : `,${restText.slice(1)}`}`,
    metadataStart: head.length,
    metadataEnd: head.length + metadataText.length,
    labels: metadata.labels,
    fields: fieldValues(kind, object),
  };
}

/** A fresh copy that the caller may change. */
export function parseStored(stored: StoredObject): KubernetesObject {
  return JSON.parse(stored.text) as KubernetesObject;
}

/** Like `parseStored`, in the spelling of the group that serves it. */
export function parseServed(kind: Kind, stored: StoredObject): KubernetesObject {
  const object = parseStored(stored);
  return kind.conversion?.toServed(object) ?? object;
}

/** The same object at another version: what a watcher is sent when the object goes. */
export function atVersion(stored: StoredObject, version: number): StoredObject {
  // orderedMetadata puts the version before anything a user can name, so the first match is the right one.
  const was = `"resourceVersion":"${stored.version}"`;
  const now = `"resourceVersion":"${version}"`;
  const text = stored.text.replace(was, now);
  return { ...stored, version, text, metadataEnd: stored.metadataEnd + text.length - stored.text.length };
}

/** `/registry`-like order: etcd sorts by namespace, a slash, and the name. */
export function storageKey(stored: { readonly namespace: string; readonly name: string }): string {
  return stored.namespace === '' ? stored.name : `${stored.namespace}/${stored.name}`;
}

/** The length of `"kind":…,"apiVersion":…,` that an item of a list leaves out. */
export function textBeforeMetadata(kind: Kind): string {
  return `{"kind":"${kind.kind}","apiVersion":"${apiVersionOf(kind)}","metadata":`;
}

function orderedMetadata(metadata: ObjectMeta, version: number): ObjectMeta {
  const { name, generateName, namespace, uid, generation, creationTimestamp, managedFields, ...rest } = metadata;
  delete rest.resourceVersion;
  const ordered: ObjectMeta = {};
  if (name !== undefined) ordered.name = name;
  if (generateName !== undefined) ordered.generateName = generateName;
  if (namespace !== undefined) ordered.namespace = namespace;
  if (uid !== undefined) ordered.uid = uid;
  if (version > 0) ordered.resourceVersion = String(version);
  if (generation !== undefined) ordered.generation = generation;
  if (creationTimestamp !== undefined) ordered.creationTimestamp = creationTimestamp;
  Object.assign(ordered, rest);
  if (managedFields !== undefined) ordered.managedFields = managedFields;
  return ordered;
}

function fieldValues(kind: Kind, object: KubernetesObject): Readonly<Record<string, string>> {
  const paths = Object.values(kind.fieldLabels);
  if (paths.length === 0) return noFields;
  return Object.fromEntries(paths.map((path) => [path.join('.'), textAt(object, path)]));
}
