import type { NamePatterns } from '../../selection/name-patterns.ts';
import { readInstanceId, readRegionId, readSecretName } from '../values/alibaba-names.ts';
import type { MirrorEntry, RegistryEntry } from '../configuration.ts';
import { readDomains } from '../values/domain-list.ts';
import { fieldsByName, isNothing, type RawEntry } from './entry-list.ts';
import { fieldsOf, type EntryFields } from './entry-fields.ts';
import { readIdentity } from './entry-identity.ts';
import { readNameList } from '../values/name-list.ts';
import { shorten, type Report } from '../problems/problem.ts';
import { problemCatalog } from '../problems/problem-catalog.ts';
import { entryFields, type EntryFieldName } from './field-schema.ts';
import type { TextValue } from '../values/text-value.ts';
import { reportUnknownFields } from './unknown-fields.ts';
import type { MappingField } from '../yaml/yaml-node.ts';

export type ReadEntry =
  | { readonly kind: 'registry'; readonly entry: RegistryEntry }
  | { readonly kind: 'mirror'; readonly entry: MirrorEntry };

/** One entry of `acr-registry-info`; every problem in it is reported. Absent: it cannot be used. */
export function readEntry(raw: RawEntry, rrsaEnabled: boolean, report: Report): ReadEntry | undefined {
  let broken = false;
  const inEntry: Report = (finding) => {
    broken ||= problemCatalog[finding.code].severity === 'error';
    report({ ...finding, entry: raw.index });
  };
  const entry = readFields(raw, rrsaEnabled, inEntry);
  return broken ? undefined : entry;
}

function readFields(raw: RawEntry, rrsaEnabled: boolean, inEntry: Report): ReadEntry | undefined {
  const byName = fieldsByName(raw.mapping, inEntry);
  reportUnknownFields(byName.values(), entryFields, 'acr-registry-info', inEntry);
  if (byName.size === 0) {
    inEntry({
      code: 'empty-entry',
      span: raw.mapping.span,
      message: 'the entry is empty: a left-over, or the Personal Edition of the own region',
      write: 'nothing, or - instanceId: ""',
    });
    return undefined;
  }
  const fields = fieldsOf(byName, inEntry);
  const namespaces = readNamespaces(byName, inEntry);
  if (byName.has('pullSecretRef')) return readMirror(raw, byName, fields, namespaces, inEntry);
  const instanceId = optional(fields, 'instanceId', readInstanceId) ?? '';
  const regionId = optional(fields, 'regionId', readRegionId);
  const domains = readDomainsField(byName, inEntry);
  const identity = readIdentity(fields, raw.mapping.span, rrsaEnabled, inEntry);
  if (identity === undefined) return undefined;
  return {
    kind: 'registry',
    entry: {
      index: raw.index,
      edition: instanceId === '' ? 'personal' : 'enterprise',
      instanceId,
      ...(regionId === undefined ? {} : { regionId }),
      ...(domains === undefined ? {} : { domains }),
      identity,
      ...(namespaces === undefined ? {} : { namespaces }),
    },
  };
}

function readMirror(
  raw: RawEntry,
  byName: ReadonlyMap<string, MappingField>,
  fields: EntryFields,
  namespaces: NamePatterns | undefined,
  report: Report,
): ReadEntry | undefined {
  for (const { name, nameSpan } of byName.values()) {
    const known = entryFields.some((setting) => setting.name === name);
    if (!known || name === 'pullSecretRef' || name === 'namespaces') continue;
    report({
      code: 'field-not-for-mirror',
      span: nameSpan,
      field: name,
      message: `an entry with pullSecretRef copies a Secret, and ${name} asks for a token: it is one or the other`,
      write: 'two entries, or one of the two fields',
    });
  }
  const secretName = optional(fields, 'pullSecretRef', readSecretName);
  if (secretName === undefined) {
    const field = byName.get('pullSecretRef');
    if (field !== undefined && fields.value('pullSecretRef') === undefined && field.value.kind === 'scalar') {
      const message = 'pullSecretRef is empty';
      report({
        code: 'secret-name-format',
        span: field.nameSpan,
        field: 'pullSecretRef',
        message,
        write: 'the name of a Secret',
      });
    }
    return undefined;
  }
  return {
    kind: 'mirror',
    entry: { index: raw.index, secretName, ...(namespaces === undefined ? {} : { namespaces }) },
  };
}

function optional<Result>(
  fields: EntryFields,
  name: EntryFieldName,
  read: (value: TextValue, report: Report) => Result | undefined,
): Result | undefined {
  const value = fields.value(name);
  if (value === undefined) return undefined;
  return read(value, fields.reportFor(name));
}

/** A list of values, or one value that may be a comma list. */
function listValues(field: MappingField, example: string, report: Report): readonly TextValue[] | undefined {
  const { name, value } = field;
  const inField: Report = (finding) => report({ ...finding, field: name });
  if (value.kind === 'scalar') return !value.quoted && isNothing(value.text) ? undefined : [value];
  const items = value.kind === 'list' ? value.items : [];
  const wrong = value.kind === 'list' ? items.find((item) => item.kind !== 'scalar') : value;
  if (wrong !== undefined) {
    inField({
      code: 'wrong-shape',
      span: wrong.span,
      message: `${name} takes a comma list`,
      write: `${name}: "${example}"`,
    });
    return undefined;
  }
  const texts = items.filter((item) => item.kind === 'scalar');
  if (texts.length === 0) return undefined;
  const joined = shorten(texts.map((item) => item.text).join(','), 80);
  inField({
    code: 'list-form',
    span: value.span,
    message: `${name} is a YAML list; the original takes a comma list`,
    write: `${name}: "${joined}"`,
  });
  return texts;
}

function readDomainsField(byName: ReadonlyMap<string, MappingField>, report: Report): readonly string[] | undefined {
  const field = byName.get('domains');
  if (field === undefined) return undefined;
  const values = listValues(field, 'a.example.com,b.example.com', report);
  if (values === undefined) return undefined;
  const domains = readDomains(values, (finding) => report({ ...finding, field: 'domains' }));
  return domains === undefined || domains.length === 0 ? undefined : domains;
}

function readNamespaces(byName: ReadonlyMap<string, MappingField>, report: Report): NamePatterns | undefined {
  const field = byName.get('namespaces');
  if (field === undefined) return undefined;
  const inField: Report = (finding) => report({ ...finding, field: 'namespaces' });
  const values = listValues(field, 'team-a,team-b', report);
  if (values === undefined) return undefined;
  if (values.every(({ text }) => text.trim() === '')) {
    inField({
      code: 'empty-value',
      span: field.nameSpan,
      message: 'namespaces is empty: every watched namespace gets this registry',
      write: 'names, or no field at all',
    });
    return undefined;
  }
  return readNameList(joinValues(values), 'namespace', inField);
}

/** Several values as one comma list, each character with its own place. */
function joinValues(values: readonly TextValue[]): TextValue {
  const [first] = values;
  if (values.length === 1 && first !== undefined) return first;
  const places: number[] = [];
  for (const value of values) {
    for (let at = 0; at <= value.text.length; at++) places.push(value.origin(at));
  }
  const end = places.at(-1) ?? 0;
  return { text: values.map((value) => value.text).join(','), origin: (offset) => places[offset] ?? end };
}
