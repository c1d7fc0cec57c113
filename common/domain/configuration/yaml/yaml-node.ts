import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Document, type YAMLMap } from 'yaml';
import type { EditedText, Origin } from './edited-text.ts';
import type { Finding } from '../problems/problem.ts';
import { originOfScalar, scalarStyleOf } from './scalar-origin.ts';
import type { Span } from './text-position.ts';

/** What a YAML text holds, with places in the text that the person edits. Aliases and merge keys are followed already. */
export type ValueNode = ScalarNode | ListNode | MappingNode;

export type ScalarNode = {
  readonly kind: 'scalar';
  /** As written, without quotes; a number or boolean is text too. */
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
  /** Offset in `text` → offset in what the person edits. */
  readonly origin: Origin;
};

export type ListNode = { readonly kind: 'list'; readonly items: readonly ValueNode[]; readonly span: Span };

export type MappingNode = { readonly kind: 'mapping'; readonly fields: readonly MappingField[]; readonly span: Span };

export type MappingField = { readonly name: string; readonly nameSpan: Span; readonly value: ValueNode };

export type ReadYaml = {
  /** Absent: the text is empty or only comments. */
  readonly node?: ValueNode | undefined;
  readonly findings: readonly Finding[];
};

/**
 * Reads one YAML document whose nesting is bounded (`tooDeepAt`). Every scalar stays text: what `3600` or `true`
 * means is decided by the field. Aliases are followed at most `maxAliases` times, each no deeper than our own nesting.
 */
export function readYaml(edited: EditedText): ReadYaml {
  const documents = parseAllDocuments(edited.text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    strict: true,
  });
  if (!Array.isArray(documents)) return { findings: [] };
  const reading: Reading = { edited, findings: [], anchors: new Map(), aliases: 0, nodes: 0 };
  const [first, second] = documents.filter((document) => document.contents !== null || document.errors.length > 0);
  if (first === undefined) return { findings: [] };
  for (const error of first.errors) reading.findings.push(syntaxFinding(edited, error.code, error.pos));
  if (second !== undefined) reading.findings.push(secondDocument(edited, second));
  const node = first.contents === null ? undefined : readNode(reading, first.contents, 0);
  return { findings: reading.findings, ...(node === undefined ? {} : { node }) };
}

const maxAliases = 100;
const maxDepth = 8;
/** More than a text within the limits of `tidyText` can have by itself; only aliases get there. */
const maxNodes = 400_000;

type Reading = {
  readonly edited: EditedText;
  readonly findings: Finding[];
  readonly anchors: Map<string, unknown>;
  aliases: number;
  nodes: number;
};

function readNode(reading: Reading, source: unknown, depth: number): ValueNode | undefined {
  if (depth > maxDepth || ++reading.nodes > maxNodes) return undefined;
  if (isAlias(source)) return readNode(reading, resolveAlias(reading, source), depth + 1);
  if (isScalar(source)) {
    rememberAnchor(reading, source.anchor, source);
    return readScalar(reading, source);
  }
  if (isSeq(source)) {
    rememberAnchor(reading, source.anchor, source);
    const items = source.items.map((item) => readNode(reading, item, depth + 1) ?? emptyScalar(spanOf(reading, item)));
    return { kind: 'list', items, span: spanOf(reading, source) };
  }
  if (isMap(source)) {
    rememberAnchor(reading, source.anchor, source);
    return { kind: 'mapping', fields: readFields(reading, source, depth), span: spanOf(reading, source) };
  }
  return undefined;
}

function readFields(reading: Reading, source: YAMLMap, depth: number): readonly MappingField[] {
  const merged: MappingField[] = [];
  const fields: MappingField[] = [];
  for (const pair of source.items) {
    const key = readNode(reading, pair.key, depth + 1);
    const nameSpan = key?.span ?? spanOf(reading, source);
    const value = readNode(reading, pair.value, depth + 1) ?? emptyScalar({ start: nameSpan.end, end: nameSpan.end });
    if (key?.kind !== 'scalar') {
      const message = 'a list or mapping stands where the name of a field is expected';
      reading.findings.push({ code: 'wrong-shape', span: nameSpan, message, write: 'name: value' });
    } else if (key.text === '<<' && !key.quoted && value.kind === 'scalar') {
      const message = '"<<" takes over the fields of another entry, and this is none';
      reading.findings.push({
        code: 'wrong-shape',
        span: value.span,
        message,
        write: '<<: *name, with &name at that entry',
      });
    } else if (key.text === '<<' && !key.quoted) {
      if (value.kind === 'mapping') merged.push(...value.fields);
      else if (value.kind === 'list')
        merged.push(...value.items.flatMap((item) => (item.kind === 'mapping' ? item.fields : [])));
    } else {
      fields.push({ name: key.text, nameSpan, value });
    }
  }
  if (merged.length === 0) return fields;
  const own = new Set(fields.map((field) => field.name));
  return [...fields, ...merged.filter((field) => !own.has(field.name) && own.add(field.name))];
}

function readScalar(
  reading: Reading,
  source: { value: unknown; type?: string | undefined; range?: readonly number[] | null | undefined },
): ScalarNode {
  const { text: whole, origin } = reading.edited;
  const [start = 0, end = start] = source.range ?? [];
  const text = typeof source.value === 'string' ? source.value : '';
  const style = scalarStyleOf(source.type);
  let places: Origin | undefined;
  return {
    kind: 'scalar',
    text,
    quoted: style !== 'PLAIN',
    span: { start: origin(start), end: Math.max(origin(start), origin(end)) },
    origin: (offset) => {
      places ??= originOfScalar(whole, { start, end }, style, text);
      return origin(places(offset));
    },
  };
}

function emptyScalar(span: Span): ScalarNode {
  return { kind: 'scalar', text: '', quoted: false, span, origin: () => span.start };
}

function spanOf(reading: Reading, source: unknown): Span {
  const range = typeof source === 'object' && source !== null && 'range' in source ? source.range : undefined;
  const [start = 0, end = start] = Array.isArray(range) ? range.filter((place) => typeof place === 'number') : [];
  const from = reading.edited.origin(start);
  return { start: from, end: Math.max(from, reading.edited.origin(end)) };
}

function rememberAnchor(reading: Reading, anchor: string | undefined, source: unknown): void {
  if (anchor !== undefined) reading.anchors.set(anchor, source);
}

/** Only anchors that were passed already count, as in YAML; the `yaml` package would search the document for each alias. */
function resolveAlias(reading: Reading, alias: { readonly source: string }): unknown {
  const target = reading.anchors.get(alias.source);
  const span = spanOf(reading, alias);
  reading.aliases++;
  if (target === undefined) {
    const message = 'an alias (*name) without an anchor (&name) before it';
    reading.findings.push({
      code: 'alias-unknown',
      span,
      message,
      write: 'quotes around the value, if "*" belongs to it',
    });
    return undefined;
  }
  if (reading.aliases <= maxAliases) return target;
  if (reading.aliases === maxAliases + 1) {
    const message = `more than ${maxAliases} aliases`;
    reading.findings.push({ code: 'too-many-aliases', span, message, write: 'the values themselves' });
  }
  return undefined;
}

function secondDocument(edited: EditedText, document: Document): Finding {
  const start = edited.origin(document.range?.[0] ?? 0);
  return {
    code: 'several-documents',
    span: { start, end: start + 1 },
    message: 'a second YAML document starts here',
    write: 'one list of entries, without "---"',
  };
}

/** The messages of the `yaml` package may quote the text, and with it a secret: only its code is used. */
function syntaxFinding(edited: EditedText, code: string, [from, to]: readonly [number, number]): Finding {
  const start = edited.origin(from);
  const reason = reasons[code] ?? 'this is not YAML';
  return {
    code: 'yaml-syntax',
    span: { start, end: Math.max(start + 1, edited.origin(to)) },
    message: reason,
    write: 'one "name: value" on each line, a "- " before the first field of each entry',
  };
}

const reasons: Readonly<Record<string, string>> = {
  BAD_INDENT: 'the indentation does not fit what stands above',
  BLOCK_AS_IMPLICIT_KEY: 'the indentation does not fit what stands above',
  BLOCK_IN_FLOW: 'a list or mapping without brackets stands inside brackets',
  MULTILINE_IMPLICIT_KEY: 'a name and its ":" do not stand on the same line',
  MISSING_CHAR: 'a character is missing here',
  UNEXPECTED_TOKEN: 'this is not expected here',
  BAD_DQ_ESCAPE: 'an escape (backslash) that YAML does not know',
  BAD_SCALAR_START: 'a value cannot start with this character without quotes',
  TAB_AS_INDENT: 'a tab in the indentation',
  KEY_OVER_1024_CHARS: 'the name of a field is far too long',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_TAGS: 'a value has two tags',
};
