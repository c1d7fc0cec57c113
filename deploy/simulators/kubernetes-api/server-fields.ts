import { randomBytes, randomUUID } from 'node:crypto';
import { sameJson } from './json.ts';
import type { Json, KubernetesObject } from './json.ts';
import type { Kind } from './kinds.ts';

/** What the server fills in when an object is born. */
export function withFirstFields(kind: Kind, object: KubernetesObject, now: number): KubernetesObject {
  const metadata = { ...object.metadata, uid: randomUUID(), creationTimestamp: timestamp(now) };
  delete metadata.deletionTimestamp;
  if (kind.generationFields.length > 0) metadata.generation = 1;
  if (kind.kind !== 'Namespace') return { ...object, metadata };
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  return { ...object, metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}

/** What a client cannot change on an update. */
export function withServerFields(
  kind: Kind,
  before: KubernetesObject,
  after: KubernetesObject,
  subresource: '' | 'status',
): KubernetesObject {
  const { uid, creationTimestamp, generation, deletionTimestamp, generateName } = before.metadata;
  const fixed = { uid: after.metadata.uid ?? uid, creationTimestamp, generation, deletionTimestamp, generateName };
  const metadata = { ...after.metadata, ...definedOnly(fixed), resourceVersion: before.metadata.resourceVersion ?? '' };
  if (kind.kind === 'Namespace') {
    metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  }
  const result: KubernetesObject = { ...after, metadata };
  if (kind.hasStatus) {
    if (subresource === 'status') return withField({ ...before, metadata }, 'status', after['status']);
    withField(result, 'status', before['status']);
  }
  if (kind.kind === 'Namespace') withField(result, 'spec', before['spec']);
  if (kind.generationFields.some((field) => !sameJson(before[field], result[field]))) {
    metadata.generation = (generation ?? 0) + 1;
  }
  return result;
}

/** A name from `generateName` and five letters; empty without one. */
export function generatedName({ metadata }: KubernetesObject): string {
  if (metadata.generateName === undefined) return '';
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  const suffix = [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join('');
  return `${metadata.generateName.slice(0, 58)}${suffix}`;
}

/** Seconds precision, as the API writes its times. */
export function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

function withField(object: KubernetesObject, field: string, value: Json | undefined): KubernetesObject {
  if (value === undefined) delete object[field];
  else object[field] = value;
  return object;
}

function definedOnly<T extends Readonly<Record<string, unknown>>>(
  fields: T,
): Partial<{ [K in keyof T]: NonNullable<T[K]> }> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<{
    [K in keyof T]: NonNullable<T[K]>;
  }>;
}
