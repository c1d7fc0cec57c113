import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestCounts, TestEnd } from './test-result.ts';

/** How a mocha process is started and how long it may run. */
export type MochaLimits = {
  readonly testTimeoutSeconds: number;
  readonly processTimeoutSeconds: number;
  /** How long the process may take to end after its last test. */
  readonly closingSeconds: number;
  /** Among how many workers it deals out the files; 1 for none. */
  readonly workers: number;
  /** What becomes of its output: shown, dropped, or written to an open file. */
  readonly output: 'inherit' | 'ignore' | number;
};

/**
 * Runs test files in one mocha process and tells how it ended.
 *
 * The process leads a group of its own, which is killed at the end: a hanging test takes nothing along.
 *
 * @param files compiled test files.
 * @param mochaArguments what the user gave on top, for instance `--grep`.
 */
export async function runMocha(
  root: string,
  limits: MochaLimits,
  files: readonly string[],
  mochaArguments: readonly string[],
): Promise<TestEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'acr-tests-'));
  const countsPath = join(folder, 'counts.json');
  const mocha = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      `--reporter=${join(import.meta.dirname, 'reporter.js')}`,
      `--reporter-option=counts=${countsPath},style=${limits.workers > 1 ? 'dot' : 'spec'}`,
      `--timeout=${limits.testTimeoutSeconds * 1000}`,
      ...(limits.workers > 1 ? ['--parallel', '--jobs', String(limits.workers)] : []),
      ...(process.stdout.isTTY ? ['--color'] : []),
      ...mochaArguments,
      ...files,
    ],
    { cwd: root, stdio: ['ignore', limits.output, limits.output], detached: true },
  );
  const killGroup = (signal: NodeJS.Signals): void => signalGroup(mocha.pid, signal);
  // The group is not the terminal's: Ctrl-C does not reach it.
  const killWithUs = (): void => {
    killGroup('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', killWithUs);
  try {
    return await endOf(mocha, countsPath, limits);
  } finally {
    killGroup('SIGKILL');
    process.removeListener('exit', killWithUs);
    await rm(folder, { recursive: true, force: true });
  }
}

function endOf(mocha: ChildProcess, countsPath: string, limits: MochaLimits): Promise<TestEnd> {
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    let countedAt: number | undefined;
    const watch = setInterval(() => {
      if (countedAt === undefined && existsSync(countsPath)) countedAt = Date.now();
      if (countedAt !== undefined && Date.now() - countedAt > limits.closingSeconds * 1000) {
        settle({ kind: 'stayed-open', counts: readCounts(countsPath) });
      } else if (Date.now() - startedAt > limits.processTimeoutSeconds * 1000) {
        settle({ kind: 'timed-out', seconds: limits.processTimeoutSeconds });
      }
    }, 250);
    const settle = (end: TestEnd): void => {
      clearInterval(watch);
      resolve(end);
    };
    mocha.on('error', reject);
    mocha.on('exit', (code) => {
      const exitCode = code ?? 128;
      if (existsSync(countsPath)) settle({ kind: 'finished', exitCode, counts: readCounts(countsPath) });
      else settle({ kind: 'crashed', exitCode });
    });
  });
}

function readCounts(path: string): TestCounts {
  return JSON.parse(readFileSync(path, 'utf8')) as TestCounts;
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
