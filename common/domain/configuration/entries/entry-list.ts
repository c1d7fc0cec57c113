import { shorten, type Report } from '../problems/problem.ts';
import { entryFields } from './field-schema.ts';
import { maxEntries } from '../schema.ts';
import { readValue } from '../values/read-value.ts';
import type { MappingField, MappingNode, ValueNode } from '../yaml/yaml-node.ts';

/** One entry of `acr-registry-info` as written, with its position from 0. */
export type RawEntry = { readonly index: number; readonly mapping: MappingNode };

/** The entries of `acr-registry-info`; none where the value is empty. Absent: it has not the shape of a list of entries. */
export function readEntryList(text: string, report: Report): readonly RawEntry[] | undefined {
  const node = readValue(text, 'entries', entryFields, report);
  return node === undefined ? [] : entriesOf(node, report);
}

function entriesOf(node: ValueNode, report: Report): readonly RawEntry[] | undefined {
  switch (node.kind) {
    case 'scalar':
      if (isNothing(node.text) || node.text === '[]') return [];
      report({
        code: 'wrong-shape',
        span: node.span,
        message: 'a list of entries is expected',
        write: '- instanceId: "cri-…"',
      });
      return undefined;
    case 'mapping':
      return entriesOfMapping(node, report);
    case 'list':
      return entriesOfList(node.items, report);
  }
}

/** The list under its own name, or a single entry that lacks its dash. */
function entriesOfMapping(node: MappingNode, report: Report): readonly RawEntry[] | undefined {
  const [first, second] = node.fields;
  if (first === undefined) return [];
  if (second === undefined && listNames.has(first.name) && first.value.kind !== 'scalar') {
    report({
      code: 'wrapped-value',
      span: first.nameSpan,
      message: `the value repeats the name ${first.name}`,
      write: 'the list alone',
    });
    return entriesOf(first.value, report);
  }
  report({
    code: 'mapping-for-list',
    span: first.nameSpan,
    message: 'one entry without a dash was read as a list of one',
    write: `- ${shorten(first.name, 30)}: …`,
  });
  return [{ index: 0, mapping: node }];
}

const listNames: ReadonlySet<string> = new Set(['acr-registry-info', 'AcrInstanceInfo', 'acrRegistryInfo']);

function entriesOfList(items: readonly ValueNode[], report: Report): readonly RawEntry[] {
  const entries: RawEntry[] = [];
  for (const [index, item] of items.slice(0, maxEntries).entries()) {
    if (item.kind === 'mapping') {
      entries.push({ index, mapping: item });
    } else if (item.kind === 'scalar' && isNothing(item.text)) {
      report({
        code: 'empty-entry',
        span: { start: Math.max(0, item.span.start - 1), end: item.span.start },
        entry: index,
        message: 'the entry is empty: a left-over dash, or the Personal Edition of the own region',
        write: 'no dash, or - instanceId: ""',
      });
    } else {
      const what = item.kind === 'list' ? 'a list' : 'a single value';
      report({
        code: 'wrong-shape',
        span: item.span,
        entry: index,
        message: `${what} stands where an entry is expected`,
        write: '- instanceId: "cri-…"',
      });
    }
  }
  const excess = items[maxEntries];
  if (excess !== undefined) {
    report({
      code: 'too-many-entries',
      span: excess.span,
      entry: maxEntries,
      message: `${items.length} entries, and ${maxEntries} are the limit`,
      write: 'one entry for each instance, account and set of namespaces',
    });
  }
  return entries;
}

/** YAML's words for "nothing". */
export function isNothing(text: string): boolean {
  return text === '' || text === '~' || /^null$/i.test(text);
}

/** The fields by name; the same field twice is said, and the first counts. */
export function fieldsByName(mapping: MappingNode, report: Report): ReadonlyMap<string, MappingField> {
  const fields = new Map<string, MappingField>();
  for (const field of mapping.fields) {
    const earlier = fields.get(field.name);
    if (earlier === undefined) fields.set(field.name, field);
    else reportTwice(field, sameValue(earlier.value, field.value), report);
  }
  return fields;
}

function reportTwice(field: MappingField, same: boolean, report: Report): void {
  const name = shorten(field.name, 40);
  report(
    same
      ? {
          code: 'duplicate-field',
          span: field.nameSpan,
          field: name,
          message: `${name} is written twice`,
          write: `${name} once`,
        }
      : {
          code: 'contradicting-fields',
          span: field.nameSpan,
          field: name,
          message: `${name} is written twice with different values: either a new entry starts here and lacks its dash, or one is wrong`,
          write: `"- ${name}:" to start a new entry, or remove one of the two`,
        },
  );
}

function sameValue(a: ValueNode, b: ValueNode): boolean {
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.text === b.text;
  if (a.kind !== 'list' || b.kind !== 'list' || a.items.length !== b.items.length) return false;
  return a.items.every((item, index) => {
    const other = b.items[index];
    return item.kind === 'scalar' && other?.kind === 'scalar' && item.text === other.text;
  });
}
