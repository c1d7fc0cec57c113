/** What mocha counted in one process. */
export type TestCounts = {
  readonly passed: number;
  /** Skipped or left without a body. */
  readonly pending: number;
  /** Full titles. */
  readonly failures: readonly string[];
};

/** How a mocha process ended. */
export type TestEnd =
  | { readonly kind: 'finished'; readonly exitCode: number; readonly counts: TestCounts }
  | { readonly kind: 'crashed'; readonly exitCode: number }
  | { readonly kind: 'timed-out'; readonly seconds: number }
  | { readonly kind: 'stayed-open'; readonly counts: TestCounts };

/** A process judged: every problem counts as one failure. */
export type TestResult = {
  readonly name: string;
  readonly passed: number;
  /** What failed, in words. */
  readonly problems: readonly string[];
};

/**
 * Judges a mocha process.
 *
 * @param mayBeEmpty true when the user chose tests (`--grep`), so that none is no mistake.
 */
export function judge(name: string, end: TestEnd, mayBeEmpty: boolean): TestResult {
  switch (end.kind) {
    case 'crashed':
      return { name, passed: 0, problems: [`mocha ended with exit code ${end.exitCode} before the last test`] };
    case 'timed-out':
      return { name, passed: 0, problems: [`not done after ${end.seconds} s: killed`] };
    case 'stayed-open':
      return {
        name,
        passed: end.counts.passed,
        problems: [
          ...problemsOf(end.counts, mayBeEmpty),
          'the process did not end after its last test: a test leaves a server, connection or timer open',
        ],
      };
    case 'finished':
      return { name, passed: end.counts.passed, problems: problemsOfFinished(end.counts, end.exitCode, mayBeEmpty) };
    default:
      return end satisfies never;
  }
}

/** The one line that everything ends with. */
export function summaryLine(results: readonly TestResult[]): string {
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.problems.length, 0);
  return `${passed} passed, ${failed} failed`;
}

function problemsOf(counts: TestCounts, mayBeEmpty: boolean): readonly string[] {
  const problems = [...counts.failures];
  if (counts.pending > 0) problems.push(`${counts.pending} test(s) skipped or without a body: none may be`);
  if (counts.passed + problems.length === 0 && !mayBeEmpty) problems.push('no test was run');
  return problems;
}

function problemsOfFinished(counts: TestCounts, exitCode: number, mayBeEmpty: boolean): readonly string[] {
  const problems = problemsOf(counts, mayBeEmpty);
  const isUnexplained = problems.length === 0 && exitCode !== 0 && counts.passed > 0;
  return isUnexplained ? [`mocha ended with exit code ${exitCode} although no test failed`] : problems;
}
