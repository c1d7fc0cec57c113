import { isJsonObject, printed, sameJson } from './json.ts';
import type { Json, KubernetesObject } from './json.ts';
import type { Kind } from './kinds.ts';
import { invalid } from './status-errors.ts';
import type { FieldProblem } from './status-errors.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = String.raw`${label}(\.${label})*`;
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const dataKey = '[-._a-zA-Z0-9]+';

const sentences = {
  label: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`,
  subdomain: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`,
  labelValue: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${labelValue}')`,
  labelKey: `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`,
  dataKey: `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${dataKey}')`,
} as const;

/** The patterns above, whole: compiled once because every write checks its names. */
const patterns = {
  label: new RegExp(`^${label}$`),
  subdomain: new RegExp(`^${subdomain}$`),
  labelValue: new RegExp(`^${labelValue}$`),
  qualifiedName: new RegExp(`^${qualifiedName}$`),
  dataKey: new RegExp(`^${dataKey}$`),
} as const;

/** The longest data of one Secret or ConfigMap, in bytes. */
const dataLimit = 1024 * 1024;

/** Refuses an object that the real server would: names, labels, data keys, a Secret's type and its content. @throws StatusError 422 */
export function validateObject(kind: Kind, object: KubernetesObject): void {
  const problems = [...nameProblems(kind, object), ...labelProblems(object), ...dataProblems(kind, object)];
  if (kind.kind === 'Secret') problems.push(...secretProblems(object));
  if (kind.group === eventsGroup) problems.push(...seriesProblems(object));
  if (problems.length > 0) throw invalid(kind, object.metadata.name ?? '', problems);
}

/** Refuses a change of what cannot change. @throws StatusError 422 */
export function validateChange(kind: Kind, before: KubernetesObject, after: KubernetesObject): void {
  const problems: FieldProblem[] = [];
  const { uid } = after.metadata;
  if (uid !== undefined && uid !== before.metadata.uid) {
    const problem = invalidValue('metadata.uid', uid, 'field is immutable');
    // The real server reports it twice, from two of its checks.
    problems.push(problem, problem);
  }
  if (kind.kind === 'Secret' && !sameJson(before['type'], after['type'])) {
    problems.push(invalidValue('type', printed(after['type']), 'field is immutable'));
  }
  if (kind.group === eventsGroup) problems.push(...eventChangeProblems(before, after));
  if (before['immutable'] === true) problems.push(...immutableProblems(before, after));
  if (problems.length > 0) throw invalid(kind, before.metadata.name ?? '', problems);
}

function immutableProblems(before: KubernetesObject, after: KubernetesObject): readonly FieldProblem[] {
  const message = 'Forbidden: field is immutable when `immutable` is set';
  const changed = ['immutable', 'data', 'binaryData'].filter((field) => !sameJson(before[field], after[field]));
  return changed.map((field) => ({ field, reason: 'FieldValueForbidden', message }));
}

function nameProblems(kind: Kind, { metadata }: KubernetesObject): readonly FieldProblem[] {
  const { name } = metadata;
  if (name === undefined || name === '') {
    const message = 'Required value: name or generateName is required';
    return [{ field: 'metadata.name', reason: 'FieldValueRequired', message }];
  }
  const longest = kind.nameRule === 'label' ? 63 : 253;
  if (name.length > longest) return [invalidValue('metadata.name', name, `must be no more than ${longest} bytes`)];
  if (kind.nameRule === 'label' && name.includes('.')) {
    return [invalidValue('metadata.name', name, 'must not contain dots')];
  }
  return patterns[kind.nameRule].test(name) ? [] : [invalidValue('metadata.name', name, sentences[kind.nameRule])];
}

function labelProblems({ metadata }: KubernetesObject): readonly FieldProblem[] {
  const labels = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => [
    ...keyProblems('metadata.labels', key),
    ...labelValueProblems(printed(value)),
  ]);
  const annotations = Object.keys(metadata.annotations ?? {});
  return [...labels, ...annotations.flatMap((key) => keyProblems('metadata.annotations', key.toLowerCase()))];
}

function keyProblems(field: string, key: string): readonly FieldProblem[] {
  const name = key.slice(key.indexOf('/') + 1);
  return patterns.qualifiedName.test(name) && name.length <= 63 ? [] : [invalidValue(field, key, sentences.labelKey)];
}

function labelValueProblems(value: string): readonly FieldProblem[] {
  if (value.length > 63) return [invalidValue('metadata.labels', value, 'must be no more than 63 bytes')];
  return patterns.labelValue.test(value) ? [] : [invalidValue('metadata.labels', value, sentences.labelValue)];
}

function dataProblems(kind: Kind, object: KubernetesObject): readonly FieldProblem[] {
  if (kind.kind !== 'Secret' && kind.kind !== 'ConfigMap') return [];
  const entries = ['data', 'binaryData'].flatMap((field) =>
    entriesOf(object[field]).map(([key, text]) => ({ field, key, text })),
  );
  const problems = entries
    .filter(({ key }) => !patterns.dataKey.test(key) || key.length > 253)
    .map(({ field, key }) => invalidValue(`${field}[${key}]`, key, sentences.dataKey));
  const bytes = entries.reduce(
    (sum, { text }) => sum + (kind.kind === 'Secret' ? (text.length * 3) / 4 : text.length),
    0,
  );
  if (bytes > dataLimit)
    problems.push({
      field: kind.kind === 'Secret' ? 'data' : '',
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${dataLimit} bytes`,
    });
  return problems;
}

function secretProblems(secret: KubernetesObject): readonly FieldProblem[] {
  const key =
    secret['type'] === 'kubernetes.io/dockerconfigjson'
      ? '.dockerconfigjson'
      : secret['type'] === 'kubernetes.io/dockercfg'
        ? '.dockercfg'
        : undefined;
  if (key === undefined) return [];
  const field = `data[${key}]`;
  const data = isJsonObject(secret['data']) ? secret['data'] : {};
  if (data[key] === undefined) return [{ field, reason: 'FieldValueRequired', message: 'Required value' }];
  const problem = jsonProblem(Buffer.from(printed(data[key]), 'base64').toString());
  return problem === undefined ? [] : [invalidValue(field, '<secret contents redacted>', problem)];
}

const eventsGroup = 'events.k8s.io';

function seriesProblems(event: KubernetesObject): readonly FieldProblem[] {
  const { series } = event;
  if (!isJsonObject(series)) return [];
  const problems: FieldProblem[] = [];
  if (Number(series['count'] ?? 0) < 2) problems.push(invalidValue('series.count', '', 'should be at least 2'));
  if (series['lastObservedTime'] === undefined || series['lastObservedTime'] === null)
    problems.push({ field: 'series.lastObservedTime', reason: 'FieldValueRequired', message: 'Required value' });
  return problems;
}

/** By the names that core `v1` has for the fields, as the real server reports them. */
function eventChangeProblems(before: KubernetesObject, after: KubernetesObject): readonly FieldProblem[] {
  const fields = [
    ['regarding', 'involvedObject'],
    ['reason', 'reason'],
    ['note', 'message'],
    ['type', 'type'],
    ['eventTime', 'eventTime'],
    ['action', 'action'],
    ['reportingController', 'reportingController'],
    ['reportingInstance', 'reportingInstance'],
  ] as const;
  return fields
    .filter(([field]) => !sameJson(before[field], after[field]))
    .map(([field, reported]) => invalidValue(reported, printed(after[field]), 'field is immutable'));
}

function jsonProblem(text: string): string | undefined {
  try {
    return isJsonObject(JSON.parse(text) as Json)
      ? undefined
      : 'json: cannot unmarshal into Go value of type map[string]interface {}';
  } catch {
    // The parser's own message would quote the content, which is a password.
    return 'invalid character: the content is not JSON';
  }
}

function invalidValue(field: string, value: string, why: string): FieldProblem {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function entriesOf(map: Json | undefined): readonly (readonly [string, string])[] {
  return isJsonObject(map) ? Object.entries(map).map(([key, value]) => [key, printed(value)] as const) : [];
}
