import type { Problem } from './problem.ts';
import { excerptOf, lineTextsOf } from './problem-excerpt.ts';

/** Problems of a ConfigMap as `check` prints them, where there is no file: the keys stand in its place. Never holds a secret. */
export function renderProblems(data: Readonly<Record<string, string>>, problems: readonly Problem[]): string {
  return problems
    .map((problem) =>
      renderProblem(problem.key === '' ? 'ConfigMap' : problem.key, lineTextsOf(data[problem.key] ?? ''), problem),
    )
    .join('\n');
}

/** One problem: where, how bad, what it is; under it the line with what to write instead. `colour` as for a terminal. */
export function renderProblem(place: string, lines: readonly string[], problem: Problem, colour = false): string {
  const { line, column, severity, code, message } = problem;
  const paint = !colour ? '' : severity === 'error' ? '\u001B[31m' : '\u001B[33m';
  const word = colour ? `${paint}${severity}\u001B[0m` : severity;
  const head = `${place}:${line}:${column} ${word} ${code} ${message}`;
  const excerpt = excerptOf(lines, problem);
  const number = String(line).padStart(5);
  const gutter = ' '.repeat(number.length);
  if (excerpt === undefined) return `${head}\n${gutter} | ${problem.write}`;
  const marks = `${' '.repeat(excerpt.before)}${paint}${'^'.repeat(excerpt.length)}${colour ? '\u001B[0m' : ''}`;
  return `${head}\n${number} | ${excerpt.text}\n${gutter} | ${marks} ${problem.write}`;
}
