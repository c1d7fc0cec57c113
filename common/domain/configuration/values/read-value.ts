import { applyEdits, composeOrigins, type EditedText } from '../yaml/edited-text.ts';
import { tooDeepAt } from '../yaml/nesting-bound.ts';
import { nearestNames, type NamedSetting } from '../problems/nearest-name.ts';
import type { Finding, Report } from '../problems/problem.ts';
import { reindentEntries, reindentMapping, type Reindented } from '../yaml/reindent.ts';
import { tidyText, type Tidied } from '../yaml/tidy-text.ts';
import {
  readYaml,
  type ListNode,
  type MappingNode,
  type ReadYaml,
  type ScalarNode,
  type ValueNode,
} from '../yaml/yaml-node.ts';

/** The shape that a key's YAML has to have. */
export type ValueShape = 'entries' | 'mapping';

/**
 * Reads the YAML (or JSON) inside a key's value, forgiving what has one meaning. First as written; where that is not YAML of
 * the expected shape, again with its lines indented by what they say. Absent: empty, or nothing could be read.
 */
export function readValue(
  text: string,
  shape: ValueShape,
  fields: readonly NamedSetting[],
  report: Report,
): ValueNode | undefined {
  return readText({ text, origin: (offset) => offset }, shape, fieldTest(fields), report, 0);
}

function readText(
  source: EditedText,
  shape: ValueShape,
  isField: (name: string) => boolean,
  report: Report,
  depth: number,
): ValueNode | undefined {
  const tidied = tidyText(source.text, isField);
  for (const finding of tidied.findings) reportAt(source, finding, report);
  if (tidied.refused !== undefined) {
    reportAt(source, tidied.refused, report);
    return undefined;
  }
  const edited = editedOf(source, tidied.edits);
  const tooDeep = tooDeepAt(edited.text);
  if (tooDeep !== undefined) {
    report(nestingFinding(edited.origin(tooDeep)));
    return undefined;
  }
  const asWritten = readYaml(edited);
  if (asWritten.findings.length === 0 && hasShape(asWritten.node, shape)) return asWritten.node;
  const inner = depth === 0 ? innerText(asWritten) : undefined;
  if (inner !== undefined) {
    report(wrapped(inner));
    return readText({ text: inner.text, origin: inner.origin }, shape, isField, report, depth + 1);
  }
  return readReindented(source, tidied, asWritten, shape, isField, report);
}

function readReindented(
  source: EditedText,
  tidied: Tidied,
  asWritten: ReadYaml,
  shape: ValueShape,
  isField: (name: string) => boolean,
  report: Report,
): ValueNode | undefined {
  const blocks = tidied.lines.some((line) => line.kind === 'field');
  if (!blocks) return settle(asWritten, report);
  const reindented = shape === 'entries' ? reindentEntries(tidied, isField) : reindentMapping(tidied);
  const again = readYaml(editedOf(source, reindented.edits));
  if (isBetter(again, asWritten, shape)) {
    for (const finding of reindented.findings) reportAt(source, finding, report);
    return settle(again, report);
  }
  return settle(asWritten, report);
}

function isBetter(again: ReadYaml, asWritten: ReadYaml, shape: ValueShape): boolean {
  if (again.findings.length === 0 && hasShape(again.node, shape)) return true;
  return again.findings.length < asWritten.findings.length;
}

/** One syntax error often makes the parser stumble over all that follows: only the first on each line is said. */
function settle(read: ReadYaml, report: Report): ValueNode | undefined {
  const explained = new Set(read.findings.filter(({ code }) => code !== 'yaml-syntax').map(({ span }) => span.start));
  let last: Finding | undefined;
  for (const finding of read.findings) {
    if (finding.code === 'yaml-syntax' && (last?.code === 'yaml-syntax' || explained.has(finding.span.start))) continue;
    report(finding);
    last = finding;
  }
  return read.node;
}

function hasShape(node: ValueNode | undefined, shape: ValueShape): boolean {
  if (node === undefined) return true;
  if (node.kind === 'mapping' && node.fields.length === 1 && node.fields[0]?.value.kind === shapeKinds[shape])
    return true;
  if (shape === 'mapping')
    return node.kind === 'mapping' && node.fields.every((field) => field.value.kind === 'scalar');
  return node.kind === 'list' && node.items.every((item) => isEntry(item));
}

/** A value that repeats its own key has the right shape one level below. */
const shapeKinds = { entries: 'list', mapping: 'mapping' } as const;

function isEntry(node: ValueNode): boolean {
  if (node.kind === 'scalar') return !node.quoted && /^(?:|~|null)$/i.test(node.text);
  return node.kind === 'mapping' && node.fields.every(({ value }) => value.kind === 'scalar' || isFlat(value));
}

function isFlat(node: ListNode | MappingNode): boolean {
  return node.kind === 'list' && node.items.every((item) => item.kind === 'scalar');
}

/** YAML or JSON that was quoted once more, as `jsonencode` of a string does. */
function innerText(read: ReadYaml): ScalarNode | undefined {
  const { node } = read;
  if (read.findings.length > 0 || node?.kind !== 'scalar' || !node.quoted) return undefined;
  return /[:[{-]/.test(node.text) ? node : undefined;
}

function wrapped(node: ScalarNode): Finding {
  return {
    code: 'wrapped-value',
    span: node.span,
    message: 'the value is a quoted string that holds YAML or JSON',
    write: 'the YAML itself, without the quotes around it',
  };
}

function nestingFinding(at: number): Finding {
  const message = 'lists, mappings or brackets are nested far too deep';
  return {
    code: 'nesting-too-deep',
    span: { start: at, end: at + 1 },
    message,
    write: 'a list of entries, each with plain fields',
  };
}

function editedOf(source: EditedText, edits: Reindented['edits']): EditedText {
  const edited = applyEdits(source.text, edits);
  return { text: edited.text, origin: composeOrigins(source.origin, edited.origin) };
}

function reportAt(source: EditedText, finding: Finding, report: Report): void {
  const { start, end } = finding.span;
  const from = source.origin(start);
  report({ ...finding, span: { start: from, end: Math.max(from + 1, source.origin(end)) } });
}

/** Looked up for every line, so each name is compared once. */
function fieldTest(fields: readonly NamedSetting[]): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    const answer = known.get(name) ?? nearestNames(name, fields).length > 0;
    if (known.size < 1000) known.set(name, answer);
    return answer;
  };
}
