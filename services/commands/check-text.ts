import { lineTextsOf } from '../../common/domain/configuration/problems/problem-excerpt.ts';
import { renderProblem } from '../../common/domain/configuration/problems/problem-text.ts';
import type { Problem } from '../../common/domain/configuration/problems/problem.ts';
import type { CheckedFile } from './check-file.ts';

/** The screen: one line per problem, under it the line of the file with what to write, and one line to sum up. */
export function renderText(
  files: readonly CheckedFile[],
  fileCount: number,
  options: { readonly colour: boolean },
): string {
  const blocks = files.flatMap((checked) => {
    const lines = lineTextsOf(checked.text);
    return checked.problems.map((problem) => renderProblem(checked.file, lines, problem, options.colour));
  });
  const problems = files.flatMap((checked) => checked.problems);
  return [...blocks, ...(blocks.length > 0 ? [''] : []), `${summary(problems, fileCount)}\n`].join('\n');
}

function summary(problems: readonly Problem[], fileCount: number): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const warnings = problems.length - errors;
  const counts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  const where = `in ${count(fileCount, 'file')}`;
  const consequence =
    errors > 0
      ? 'A running helper would keep its last good configuration.'
      : 'A running helper would take this configuration over.';
  return `${counts.length === 0 ? 'No problems' : counts.join(', ')} ${where}. ${consequence}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
