import { maskSecrets } from '../configuration/problems/mask-secrets.ts';
import { lineTextsOf } from '../configuration/problems/problem-excerpt.ts';
import type { Problem } from '../configuration/problems/problem.ts';

/** A ConfigMap as somebody typed it, for a page that everybody may see: secrets are masked, and it is never large. */
export type TypedConfiguration = {
  /** When it was looked at, ms since the epoch. */
  readonly at: number;
  readonly keys: readonly TypedKey[];
  /** Problems that are about no line that is shown. */
  readonly problems: readonly TypedProblem[];
  /** How many lines are not shown. */
  readonly moreLines: number;
};

export type TypedKey = { readonly key: string; readonly lines: readonly TypedLine[] };

export type TypedLine = { readonly text: string; readonly problems: readonly TypedProblem[] };

export type TypedProblem = Pick<Problem, 'severity' | 'code' | 'message' | 'write'> & {
  /** What is meant: characters of the line, the first from 0; absent where that part of the line is not shown. */
  readonly mark?: { readonly start: number; readonly end: number } | undefined;
};

/** The text with its problems in place. Lines with a problem are always shown. Takes time in proportion to the text. */
export function typedConfiguration(
  data: Readonly<Record<string, string>>,
  problems: readonly Problem[],
  at: number,
): TypedConfiguration {
  const byPlace = groupByPlace(problems);
  const shown = new Set<string>();
  let left = linesMax;
  let moreLines = 0;
  const keys = Object.entries(data).map(([key, text]) => {
    const lines = maskedLines(text).flatMap((line, index) => {
      const place = placeOf(key, index + 1);
      const found = byPlace.get(place) ?? [];
      if (left <= 0 && found.length === 0) {
        moreLines++;
        return [];
      }
      left--;
      shown.add(place);
      return [typedLine(line, found)];
    });
    return { key: key.slice(0, columnsMax), lines };
  });
  const elsewhere = problems.filter(({ key, line }) => !shown.has(placeOf(key, line)));
  return { at, keys, problems: elsewhere.map((problem) => typedProblem(problem)), moreLines };
}

const linesMax = 400;
const columnsMax = 200;

function groupByPlace(problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> {
  const byPlace = new Map<string, Problem[]>();
  for (const problem of problems) {
    const place = placeOf(problem.key, problem.line);
    byPlace.set(place, [...(byPlace.get(place) ?? []), problem]);
  }
  return byPlace;
}

function placeOf(key: string, line: number): string {
  return `${key}\n${line}`;
}

/**
 * Masked by the letters, so that a slip in the YAML shows nothing either. What stands under a name that says that it is a secret, deeper
 * than the name, belongs to it however many lines it takes.
 */
function maskedLines(text: string): readonly string[] {
  const lines = lineTextsOf(text);
  const end = lines.at(-1) === '' ? -1 : lines.length;
  let secretDepth: number | undefined;
  return lines.slice(0, end).map((line, index) => {
    // The dash of a list stands two columns before what it begins.
    const depth = line.search(/[^\s-]/);
    if (secretDepth !== undefined && (depth < 0 || depth > secretDepth)) return '*'.repeat(Math.min(line.length, 20));
    const isOpen = opensSecretBlock.test(line.slice(-secretNameMax));
    secretDepth = isOpen ? depth : undefined;
    return maskSecrets(line, lines[index - 1]);
  });
}

const secretNameMax = 120;
const opensSecretBlock =
  /(?:secret|password|passwd|token|accesskey)["']?\s{0,20}:\s{0,20}(?:[|>][-+\d]{0,2})?\s{0,20}$/i;

function typedLine(line: string, problems: readonly Problem[]): TypedLine {
  const visible = line.replaceAll(/[^\P{C}\t]/gu, '·').replaceAll('\t', ' ');
  return {
    text: visible.length > columnsMax ? `${visible.slice(0, columnsMax - 1)}…` : visible,
    problems: problems.map((problem) => typedProblem(problem, Math.min(visible.length, columnsMax))),
  };
}

function typedProblem({ severity, code, message, write, column, length }: Problem, width = 0): TypedProblem {
  const start = column - 1;
  const said = { severity, code, message, write };
  return start >= width ? said : { ...said, mark: { start, end: Math.min(start + length, width) } };
}
