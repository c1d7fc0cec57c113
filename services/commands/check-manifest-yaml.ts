import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Document } from 'yaml';
import type { EditedText, Origin } from '../../common/domain/configuration/yaml/edited-text.ts';
import type { Finding } from '../../common/domain/configuration/problems/problem.ts';
import {
  originOfScalar,
  scalarStyleOf,
  type ScalarStyle,
} from '../../common/domain/configuration/yaml/scalar-origin.ts';
import type { Span } from '../../common/domain/configuration/yaml/text-position.ts';

/** A part of a manifest, with its place in the file. */
export type ManifestNode =
  | {
      readonly kind: 'scalar';
      readonly text: string;
      /** What the API server gets: only a string is taken for a value of a ConfigMap. */
      readonly type: 'string' | 'boolean' | 'number' | 'null';
      readonly span: Span;
      readonly origin: Origin;
    }
  | { readonly kind: 'list'; readonly items: readonly ManifestNode[]; readonly span: Span; readonly source: Source }
  | {
      readonly kind: 'mapping';
      readonly fields: readonly ManifestField[];
      readonly span: Span;
      readonly source?: Source;
    };

export type ManifestField = { readonly name: string; readonly nameSpan: Span; readonly value: ManifestNode };

/** The text that a list or mapping was written as, its first line indented as in the file. */
export type Source = { readonly text: string; readonly origin: Origin };

/** Every document of a file; a file whose nesting was measured before. */
export function parseManifestYaml(edited: EditedText): {
  readonly documents: readonly ManifestNode[];
  readonly findings: readonly Finding[];
} {
  const parsed = parseAllDocuments(edited.text, {
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents: ManifestNode[] = [];
  const findings: Finding[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    const [error] = document.errors;
    if (error !== undefined) findings.push(syntaxFinding(edited, error.pos));
    const node = readNode({ edited, document, budget: { aliases: 100, nodes: 400_000 } }, document.contents, 0);
    if (node !== undefined) documents.push(node);
  }
  return { documents, findings };
}

const maxDepth = 32;

type Reading = {
  readonly edited: EditedText;
  readonly document: Document;
  readonly budget: { aliases: number; nodes: number };
};

function readNode(reading: Reading, node: unknown, depth: number): ManifestNode | undefined {
  if (depth > maxDepth || reading.budget.nodes-- <= 0) return undefined;
  if (isAlias(node)) {
    return reading.budget.aliases-- > 0 ? readNode(reading, node.resolve(reading.document), depth + 1) : undefined;
  }
  if (isScalar(node)) return readScalar(reading.edited, node);
  if (isSeq(node)) {
    const items = node.items.map((item) => readNode(reading, item, depth + 1)).filter((item) => item !== undefined);
    return {
      kind: 'list',
      items,
      span: spanOf(reading.edited, node.range),
      source: sourceOf(reading.edited, node.range),
    };
  }
  if (!isMap(node)) return undefined;
  const fields = node.items.flatMap((pair): readonly ManifestField[] => {
    if (!isScalar(pair.key)) return [];
    const nameSpan = spanOf(reading.edited, pair.key.range);
    const value = readNode(reading, pair.value, depth + 1) ?? nothing(nameSpan);
    return [{ name: String(pair.key.value), nameSpan, value }];
  });
  return {
    kind: 'mapping',
    fields,
    span: spanOf(reading.edited, node.range),
    source: sourceOf(reading.edited, node.range),
  };
}

type Range = readonly number[] | null | undefined;

function readScalar(
  edited: EditedText,
  node: { value: unknown; type?: string; source?: string; range?: Range },
): ManifestNode {
  const [start = 0, end = start] = node.range ?? [];
  const style = scalarStyleOf(node.type);
  // `key: null` and `key: ~` are no text at all: the API server stores an empty value.
  const text = node.value === null ? '' : typeof node.value === 'string' ? node.value : (node.source ?? '');
  let places: Origin | undefined;
  return {
    kind: 'scalar',
    text,
    type: typeOf(node.value, style, text),
    span: spanOf(edited, node.range),
    origin: (offset) => {
      places ??= originOfScalar(edited.text, { start, end }, style, text);
      return edited.origin(places(offset));
    },
  };
}

/** kubectl reads YAML 1.1, in which `yes` and `off` are booleans too. */
function typeOf(value: unknown, style: ScalarStyle, text: string): 'string' | 'boolean' | 'number' | 'null' {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  return style === 'PLAIN' && /^(?:y|n|yes|no|on|off)$/i.test(text) ? 'boolean' : 'string';
}

function nothing(nameSpan: Span): ManifestNode {
  return { kind: 'scalar', text: '', type: 'null', span: nameSpan, origin: () => nameSpan.end };
}

function spanOf(edited: EditedText, range: Range): Span {
  const [start = 0, end = start] = range ?? [];
  const from = edited.origin(start);
  return { start: from, end: Math.max(from, edited.origin(end)) };
}

/** The first line of a block stands behind its dash or name: the spaces in front make it line up with the rest. */
function sourceOf(edited: EditedText, range: Range): Source {
  const [start = 0, end = start] = range ?? [];
  const column = start - (edited.text.lastIndexOf('\n', start - 1) + 1);
  return {
    text: ' '.repeat(column) + edited.text.slice(start, end),
    origin: (offset) => edited.origin(Math.max(start, start + offset - column)),
  };
}

function syntaxFinding(edited: EditedText, [from, to]: readonly [number, number]): Finding {
  const start = edited.origin(from);
  const span = { start, end: Math.max(start + 1, edited.origin(to)) };
  if (edited.text[from] === '*') {
    return {
      code: 'manifest-syntax',
      span,
      message: 'a value that starts with * needs quotes; kubectl refuses this file',
      write: '"*" with quotes around the whole value',
    };
  }
  return {
    code: 'manifest-syntax',
    span,
    message: 'the file is not valid YAML from here on; kubectl refuses it',
    write: 'valid YAML: two spaces for each level, "name: value" with a space after the colon, quotes closed',
  };
}
