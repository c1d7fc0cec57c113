import type { Origin } from './edited-text.ts';
import type { Span } from './text-position.ts';

/** How a YAML scalar is written; the names of the `yaml` package. */
export type ScalarStyle = 'PLAIN' | 'QUOTE_DOUBLE' | 'QUOTE_SINGLE' | 'BLOCK_LITERAL' | 'BLOCK_FOLDED';

/** The style as the `yaml` package names it; what it leaves out is plain. */
export function scalarStyleOf(type = 'PLAIN'): ScalarStyle {
  switch (type) {
    case 'QUOTE_DOUBLE':
    case 'QUOTE_SINGLE':
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return type;
    default:
      return 'PLAIN';
  }
}

/**
 * Where each character of a scalar's value stands in the source: through quotes, escapes, folded lines and the indentation
 * of block texts. `source` covers the scalar itself, opening quote or block header included.
 */
export function originOfScalar(text: string, source: Span, style: ScalarStyle, value: string): Origin {
  const inside = style === 'QUOTE_DOUBLE' || style === 'QUOTE_SINGLE' ? source.start + 1 : source.start;
  if (style === 'BLOCK_LITERAL') return originInLiteral(text, source, value);
  if (text.startsWith(value, inside)) return (offset) => inside + offset;
  return originByAlignment(text, source, style, value);
}

/** A block text keeps its lines; only the header and the indentation go. */
function originInLiteral(text: string, source: Span, value: string): Origin {
  const sourceLines = lineStarts(text, nextLine(text, source.start), source.end);
  const valueLines = lineStarts(value, 0, value.length);
  const indent = indentOfLiteral(text, sourceLines, value, valueLines);
  return (offset) => {
    const line = lineOf(valueLines, offset);
    const at = Math.min(line, sourceLines.length - 1);
    const start = sourceLines[at] ?? source.start;
    const end = (sourceLines[at + 1] ?? source.end + 1) - 1;
    const column = offset - (valueLines[line] ?? 0);
    return Math.min(start + indent + column, end, text.length);
  };
}

/** The first line with text in it tells how many spaces the block takes away. */
function indentOfLiteral(
  text: string,
  sourceLines: readonly number[],
  value: string,
  valueLines: readonly number[],
): number {
  for (const [line, start] of valueLines.entries()) {
    const spaces = leadingSpaces(value, start);
    const next = value[start + spaces];
    if (next === undefined || next === '\n') continue;
    return Math.max(0, leadingSpaces(text, sourceLines[line] ?? 0) - spaces);
  }
  return 0;
}

function leadingSpaces(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ') at++;
  return at - from;
}

function lineStarts(text: string, from: number, end: number): readonly number[] {
  const starts = [from];
  for (let at = text.indexOf('\n', from); at >= 0 && at + 1 < end; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Walks value and source side by side. Folded line breaks are a space in the value; skipped space is none. */
function originByAlignment(text: string, source: Span, style: ScalarStyle, value: string): Origin {
  const places: number[] = [];
  let at = style === 'QUOTE_DOUBLE' || style === 'QUOTE_SINGLE' ? source.start + 1 : source.start;
  if (style === 'BLOCK_FOLDED') at = nextLine(text, at);
  for (let index = 0; index < value.length; index++) {
    const wanted = value[index] ?? '';
    const escape = style === 'QUOTE_DOUBLE' ? escapeLength(text, at) : 0;
    if (escape > 0 && !isBreak(text[at + 1])) {
      places.push(at);
      at += escape;
      continue;
    }
    if (text[at] !== wanted && !(isSpace(wanted) && isSpace(text[at]))) {
      while (at < source.end && (isSpace(text[at]) || text[at] === '\\') && text[at] !== wanted) at++;
    }
    places.push(Math.min(at, source.end));
    at += style === 'QUOTE_SINGLE' && text.startsWith("''", at) ? 2 : 1;
  }
  return (offset) => places[offset] ?? Math.min(at, source.end);
}

function escapeLength(text: string, at: number): number {
  if (text[at] !== '\\') return 0;
  const lengths: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };
  return lengths[text[at + 1] ?? ''] ?? 2;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || isBreak(character);
}

function isBreak(character: string | undefined): boolean {
  return character === '\n' || character === '\r';
}
