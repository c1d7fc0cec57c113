import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TierCounts, TierEnd } from './tier-result.ts';
import type { Tier } from './tiers.ts';

/** How a tier's process is started and how long it may run. */
export type TierLimits = Pick<Tier, 'testTimeoutSeconds' | 'tierTimeoutSeconds' | 'closingSeconds' | 'parallel'> & {
  /** What becomes of mocha's output; shown by default. */
  readonly output?: 'inherit' | 'ignore';
};

/**
 * Runs test files in one mocha process and tells how it ended.
 *
 * The process leads a group of its own, which is killed at the end: a hanging test takes nothing along.
 *
 * @param files compiled test files.
 * @param mochaArguments what the user gave on top, for instance `--grep`.
 */
export async function runTier(
  root: string,
  tier: TierLimits,
  files: readonly string[],
  mochaArguments: readonly string[],
): Promise<TierEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'acr-tests-'));
  const countsPath = join(folder, 'counts.json');
  const mocha = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      `--reporter=${join(import.meta.dirname, 'reporter.js')}`,
      `--reporter-option=counts=${countsPath},style=${tier.parallel ? 'dot' : 'spec'}`,
      `--timeout=${tier.testTimeoutSeconds * 1000}`,
      ...(tier.parallel ? ['--parallel', '--jobs', '2'] : []),
      ...mochaArguments,
      ...files,
    ],
    { cwd: root, stdio: ['ignore', tier.output ?? 'inherit', tier.output ?? 'inherit'], detached: true },
  );
  const killGroup = (signal: NodeJS.Signals): void => signalGroup(mocha.pid, signal);
  // The group is not the terminal's: Ctrl-C does not reach it.
  const killWithUs = (): void => {
    killGroup('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', killWithUs);
  try {
    return await endOf(mocha, countsPath, tier);
  } finally {
    killGroup('SIGKILL');
    process.removeListener('exit', killWithUs);
    await rm(folder, { recursive: true, force: true });
  }
}

function endOf(mocha: ChildProcess, countsPath: string, limits: TierLimits): Promise<TierEnd> {
  return new Promise((resolve, reject) => {
    const startedAt = Date.now();
    let countedAt: number | undefined;
    const watch = setInterval(() => {
      if (countedAt === undefined && existsSync(countsPath)) countedAt = Date.now();
      if (countedAt !== undefined && Date.now() - countedAt > limits.closingSeconds * 1000) {
        settle({ kind: 'stayed-open', counts: readCounts(countsPath) });
      } else if (Date.now() - startedAt > limits.tierTimeoutSeconds * 1000) {
        settle({ kind: 'timed-out', seconds: limits.tierTimeoutSeconds });
      }
    }, 250);
    const settle = (end: TierEnd): void => {
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

function readCounts(path: string): TierCounts {
  return JSON.parse(readFileSync(path, 'utf8')) as TierCounts;
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
