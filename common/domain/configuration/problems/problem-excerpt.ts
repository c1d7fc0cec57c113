import { maskSecrets } from './mask-secrets.ts';
import type { Problem } from './problem.ts';

/** A line of the file with the place of a problem in it. */
export type Excerpt = {
  readonly text: string;
  /** How many columns stand before the marks. */
  readonly before: number;
  readonly length: number;
};

/** The file's lines, split as positions are counted. */
export function lineTextsOf(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}

/**
 * The line of a problem: secrets masked, control characters made visible, a line too long for a screen cut around the place.
 * Absent: there is nothing to show.
 */
export function excerptOf(lines: readonly string[], problem: Problem): Excerpt | undefined {
  const line = lines[problem.line - 1];
  if (line === undefined || line === '') return undefined;
  const previous = lines[problem.line - 2] ?? '';
  const visible = maskSecrets(line, previous).replaceAll(/[^\P{C}\t]/gu, '·');
  const at = problem.column - 1;
  const start = visible.length <= longestLine ? 0 : Math.max(0, at - 40);
  const cut = visible.slice(start, start + longestLine);
  const prefix = start > 0 ? '…' : '';
  const suffix = start + longestLine < visible.length ? '…' : '';
  const before = `${prefix}${cut.slice(0, at - start)}`;
  return {
    text: `${prefix}${cut}${suffix}`.replaceAll('\t', ' '),
    before: widthOf(before),
    length: Math.max(1, Math.min(widthOf(visible.slice(at, at + problem.length)), longestLine - (at - start))),
  };
}

const longestLine = 160;

/** Characters that take two columns on a terminal: the marks have to stand under the right one. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/.test(
      character,
    )
      ? 2
      : 1;
  return width;
}
