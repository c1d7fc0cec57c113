import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repositoryRoot } from '../real-parts/repository-root.ts';
import type { Batch } from './batches.ts';
import { runMocha, type MochaLimits } from './run-mocha.ts';
import { judge, type TestEnd, type TestResult } from './test-result.ts';

type RunBatchOptions = {
  readonly mochaArguments: readonly string[];
  readonly mayBeEmpty: boolean;
  /** Nothing runs beside it, so its output is shown as it comes; otherwise all at once when it has ended. */
  readonly isAlone: boolean;
};

/** Runs test files in one mocha process, shows its output, and judges how it ended. */
export async function runBatch(batch: Batch, options: RunBatchOptions): Promise<TestResult> {
  const { tier, name, files } = batch;
  const limits = {
    testTimeoutSeconds: tier.testTimeoutSeconds,
    processTimeoutSeconds: tier.processTimeoutSeconds,
    closingSeconds: 30,
    workers: tier.processes === 'one' ? 2 : 1,
  };
  const run = (output: MochaLimits['output']) =>
    runMocha(repositoryRoot(), { ...limits, output }, files.map(compiled), options.mochaArguments);
  if (options.isAlone) {
    console.log(`\n── ${name}`);
    return judge(name, await run('inherit'), options.mayBeEmpty);
  }
  const startedAt = Date.now();
  const { end, output } = await collected(run);
  // One write: the outputs of others do not come between.
  console.log(`\n── ${name} (${Math.round((Date.now() - startedAt) / 1000)} s)\n${output}`);
  return judge(name, end, options.mayBeEmpty);
}

/** The compiled tests lie beside the compiled runner. */
function compiled(file: string): string {
  return join(import.meta.dirname, '..', '..', file.replace(/\.ts$/, '.js'));
}

async function collected(
  run: (output: number) => Promise<TestEnd>,
): Promise<{ readonly end: TestEnd; readonly output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'acr-output-'));
  const path = join(folder, 'output');
  const file = openSync(path, 'w');
  try {
    const end = await run(file);
    return { end, output: await readFile(path, 'utf8') };
  } finally {
    closeSync(file);
    await rm(folder, { recursive: true, force: true });
  }
}
