/** Where lines start, so that an offset becomes a line and a column in logarithmic time. */
export type LineIndex = { readonly starts: readonly number[]; readonly length: number };

/** Both from 1; the column counts UTF-16 units, as editors do. */
export type Position = { readonly line: number; readonly column: number };

/** A stretch of text by offsets; `end` is exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** Lines end with LF, CR LF or CR, as in YAML. */
export function indexLines(text: string): LineIndex {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed)) starts.push(at + 1);
  }
  return { starts, length: text.length };
}

/** The place of an offset; an offset outside the text becomes the nearest one inside. */
export function positionAt(index: LineIndex, offset: number): Position {
  const inside = Math.max(0, Math.min(offset, index.length));
  let low = 0;
  let high = index.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((index.starts[middle] ?? 0) <= inside) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: inside - (index.starts[low] ?? 0) + 1 };
}

/** The offset of a place; a place outside the text becomes the nearest one inside. */
export function offsetAt(index: LineIndex, position: Position): number {
  const line = Math.max(1, Math.min(position.line, index.starts.length));
  const start = index.starts[line - 1] ?? 0;
  return Math.max(0, Math.min(start + position.column - 1, index.length));
}

const lineFeed = 10;
const carriageReturn = 13;
