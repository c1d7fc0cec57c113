import { isJsonObject, printed } from './json.ts';
import type { Json, JsonObject, KubernetesObject, ObjectMeta } from './json.ts';
import { apiVersionOf } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { badRequest } from './status-errors.ts';

/** What to do with a field that the kind does not have: `Strict` refuses, `Warn` tells the client, `Ignore` drops it silently. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

const knownMetadata = new Set([
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]);

const textMaps: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ['data', 'binaryData'],
  Secret: ['data', 'stringData'],
};

/** Fields that the real server's types leave out when they are empty. */
const omittedWhenEmpty = new Set(['data', 'binaryData', 'stringData', 'secrets', 'imagePullSecrets', 'webhooks']);

/**
 * Reads a decoded body as an object of a kind, as the server's typed decoder would: kind and version must fit, unknown fields go,
 * `null` and empty maps are absent, a Secret's stringData is folded into its data.
 * @param warnings where a `Warn` is noted
 * @throws StatusError 400
 */
export function decodeObject(
  kind: Kind,
  body: Json,
  fieldValidation: FieldValidation,
  warnings: string[],
): KubernetesObject {
  if (!isJsonObject(body)) throw badRequest(`${subject(kind)}: json: cannot unmarshal value into Go value`);
  if (body['kind'] !== undefined && body['kind'] !== kind.kind) {
    const given = `${printed(body['kind'])} in version "${printed(body['apiVersion'])}"`;
    throw badRequest(
      `${given} cannot be handled as a ${kind.kind}: converting (${printed(body['kind'])}) to (${kind.kind}): unknown conversion`,
    );
  }
  if (body['apiVersion'] !== undefined && body['apiVersion'] !== apiVersionOf(kind)) {
    throw badRequest(
      `the API version in the data (${printed(body['apiVersion'])}) does not match the expected API version (${apiVersionOf(kind)})`,
    );
  }
  const unknown = unknownFields(kind, body);
  if (unknown.length > 0 && fieldValidation === 'Strict') {
    throw badRequest(`${subject(kind)}: strict decoding error: ${unknown.join(', ')}`);
  }
  if (fieldValidation === 'Warn') warnings.push(...unknown);
  const object: KubernetesObject = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: decodeMetadata(kind, body),
  };
  for (const [field, value] of Object.entries(body)) {
    if (!isKnown(kind, field) || field in object || isAbsent(field, value)) continue;
    object[field] = value;
  }
  checkTextMaps(kind, object);
  return kind.kind === 'Secret' ? foldStringData(kind, object) : object;
}

/** The fields that the kind does not have, as the server names them. */
export function unknownFields(kind: Kind, body: JsonObject): readonly string[] {
  const metadata = isJsonObject(body['metadata']) ? Object.keys(body['metadata']) : [];
  return [
    ...Object.keys(body).filter((field) => !isKnown(kind, field)),
    ...metadata.filter((field) => !knownMetadata.has(field)).map((field) => `metadata.${field}`),
  ].map((field) => `unknown field "${field}"`);
}

function isKnown(kind: Kind, field: string): boolean {
  if (field === 'kind' || field === 'apiVersion' || field === 'metadata') return true;
  return kind.knownFields === undefined || kind.knownFields.includes(field);
}

function decodeMetadata(kind: Kind, body: JsonObject): ObjectMeta {
  const given = body['metadata'] ?? {};
  if (!isJsonObject(given)) throw badRequest(`${subject(kind)}: json: cannot unmarshal metadata into Go struct field`);
  const metadata: ObjectMeta = {};
  for (const [field, value] of Object.entries(given)) {
    if (!knownMetadata.has(field) || isEmpty(value) || value === '') continue;
    metadata[field] = value;
  }
  checkTextMap(kind, 'metadata.labels', metadata.labels);
  checkTextMap(kind, 'metadata.annotations', metadata.annotations);
  return metadata;
}

function isAbsent(field: string, value: Json | undefined): boolean {
  return value === null || value === undefined || (omittedWhenEmpty.has(field) && isEmpty(value));
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}

function checkTextMaps(kind: Kind, object: KubernetesObject): void {
  for (const field of textMaps[kind.kind] ?? []) checkTextMap(kind, field, object[field]);
  const bytes = kind.kind === 'Secret' ? object['data'] : object['binaryData'];
  if (!isJsonObject(bytes)) return;
  for (const [key, value] of Object.entries(bytes)) {
    if (value === null) bytes[key] = '';
    const at = illegalBase64At(printed(value));
    if (at !== undefined) throw badRequest(`${subject(kind)}: illegal base64 data at input byte ${at}`);
  }
}

function checkTextMap(kind: Kind, field: string, map: Json | undefined): void {
  if (map === undefined) return;
  if (!isJsonObject(map))
    throw badRequest(
      `${subject(kind)}: json: cannot unmarshal ${goType(map)} into Go struct field ${kind.kind}.${field}`,
    );
  for (const [key, value] of Object.entries(map)) {
    if (value === null) map[key] = '';
    else if (typeof value !== 'string') {
      throw badRequest(
        `${subject(kind)}: json: cannot unmarshal ${goType(value)} into Go struct field ${kind.kind}.${field} of type string`,
      );
    }
  }
}

function goType(value: Json | undefined): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function illegalBase64At(text: string): number | undefined {
  const clean = text.replaceAll(/[\r\n]/g, '');
  const illegal = /[^A-Za-z0-9+/=]|=(?=[^=])|={3}/.exec(clean);
  if (illegal !== null) return illegal.index;
  return clean.length % 4 === 0 ? undefined : clean.length - (clean.length % 4);
}

function foldStringData(kind: Kind, object: KubernetesObject): KubernetesObject {
  const { stringData, ...secret } = object;
  secret['type'] ??= 'Opaque';
  if (!isJsonObject(stringData)) return secret;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(printed(value)).toString('base64'),
  ]);
  const data = isJsonObject(secret['data']) ? secret['data'] : {};
  return {
    ...secret,
    kind: kind.kind,
    apiVersion: object.apiVersion,
    metadata: object.metadata,
    data: { ...data, ...Object.fromEntries(encoded) },
  };
}

function subject(kind: Kind): string {
  return `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}`;
}
