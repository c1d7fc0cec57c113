import { renameSync, writeFileSync } from 'node:fs';

import Mocha from 'mocha';

import { openHandles } from './open-handles.ts';
import type { TestCounts } from './test-result.ts';

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Mocha.Runner.constants;

type ReporterOptions = {
  readonly reporterOptions?: { readonly counts?: string; readonly style?: string };
};

/**
 * Mocha's own output for people, and counts in a file for the runner.
 *
 * The file appears when the last test has ended, and not at all when mocha crashes: that is how the runner knows.
 * Reporter options: `counts` (path of the file) and `style` (`dot` or `spec`).
 */
// Mocha loads a reporter by the name of its file and calls the default export with `new`.
// oxlint-disable-next-line import/no-default-export
export default function tierReporter(runner: Mocha.Runner, options: ReporterOptions): Mocha.reporters.Base {
  const { counts: path, style } = options.reporterOptions ?? {};
  const Human = style === 'dot' ? Mocha.reporters.Dot : Mocha.reporters.Spec;
  const human = new Human(runner, options);
  let passed = 0;
  let pending = 0;
  const failures: string[] = [];
  runner.on(EVENT_TEST_PASS, () => {
    passed++;
  });
  runner.on(EVENT_TEST_PENDING, () => {
    pending++;
  });
  runner.on(EVENT_TEST_FAIL, (test) => {
    failures.push(test.fullTitle());
  });
  runner.once(EVENT_RUN_END, () => {
    if (path !== undefined) writeCounts(path, { passed, pending, failures });
    // For whoever has to find out why it is killed soon.
    setTimeout(() => console.error(['still open:', ...openHandles()].join('\n  ')), patienceMs).unref();
  });
  return human;
}

const patienceMs = 20_000;

function writeCounts(path: string, counts: TestCounts): void {
  writeFileSync(`${path}.new`, JSON.stringify(counts));
  renameSync(`${path}.new`, path);
}
