/** How a fact stands: it is well, somebody should look, it is not well; or it is neither. */
export type Mark = 'good' | 'warning' | 'bad' | 'none';

/** A line of a result: a mark, and cells that are aligned with those of the lines around it; the last one is as long as it is. */
export type Row = {
  readonly mark: Mark;
  readonly cells: readonly string[];
  readonly below?: readonly string[] | undefined;
};

/** `colour` repeats what the marks say. */
export type ScreenOptions = { readonly colour: boolean };

/**
 * Rows as text, one line each, with what belongs `below` a row under its last cell:
 *
 *     ✓ Secret      written 13:05:11
 *     ✗ credential  none since 12:58
 *                   → let the role trust the other
 */
export function renderRows(rows: readonly Row[], { colour }: ScreenOptions): readonly string[] {
  const columns = Math.max(0, ...rows.map(({ cells }) => cells.length - 1));
  const widths = Array.from({ length: columns }, (_column, at) =>
    Math.min(widest, Math.max(0, ...rows.map(({ cells }) => (at < cells.length - 1 ? widthOf(cells[at] ?? '') : 0)))),
  );
  return rows.flatMap(({ mark, cells, below = [] }) => {
    const start = cells.slice(0, -1).map((cell, at) => `${padded(cell, widths[at] ?? 0)}  `);
    const indent = ' '.repeat(widthOf(`    ${start.join('')}`));
    const line = `  ${paint(symbols[mark], mark, colour)} ${start.join('')}${cells.at(-1) ?? ''}`;
    return [line.trimEnd(), ...below.map((text) => `${indent}${text}`)];
  });
}

/** The text in the colour of the mark. */
export function paint(text: string, mark: Mark, colour: boolean): string {
  return colour && mark !== 'none' ? `${colours[mark]}${text}\u001B[0m` : text;
}

/** `1 account`, `2 accounts`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

const symbols = { good: '✓', warning: '!', bad: '✗', none: ' ' } as const satisfies Record<Mark, string>;
const colours = { good: '\u001B[32m', warning: '\u001B[33m', bad: '\u001B[31m' } as const;

/** A longer cell moves the rest of its line only. */
const widest = 56;

function widthOf(text: string): number {
  return text.length;
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - widthOf(cell)));
}
