import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';

export type BenchOptions = {
  /** Names of scenarios; empty: all. */
  readonly names: readonly string[];
  /** How often each start is measured; the median counts. */
  readonly rounds: number;
  readonly quietSeconds: number;
  readonly stopSeconds: number;
  /** How long accounts are created at each rate, and how long foreign writers write. */
  readonly loadSeconds: number;
  /** The script of the helper. */
  readonly program: string;
  /** Whether docs/performance.md is written. */
  readonly write: boolean;
};

/** Throws for an option that there is not, and for a number that is none. */
export function parseBenchOptions(words: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      'quiet-seconds': { type: 'string', default: '30' },
      'stop-seconds': { type: 'string', default: '30' },
      'load-seconds': { type: 'string', default: '20' },
      program: { type: 'string', default: join(repositoryRoot(), 'dist', 'main.js') },
      write: { type: 'boolean', default: false },
    },
  });
  return {
    names: positionals,
    rounds: positive('--rounds', values.rounds),
    quietSeconds: positive('--quiet-seconds', values['quiet-seconds']),
    stopSeconds: positive('--stop-seconds', values['stop-seconds']),
    loadSeconds: positive('--load-seconds', values['load-seconds']),
    program: values.program,
    write: values.write,
  };
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${flag} ${text}: write a whole number from 1 on`);
  return value;
}
