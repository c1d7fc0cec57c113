import { Failure } from '../../../common/domain/failure.ts';
import { createProgress, type Progress } from './progress.ts';
import type { ScreenOptions } from './screen.ts';

/** Where a command writes: results to standard output, progress and notes to standard error. */
export type Terminal = ScreenOptions & {
  readonly write: (line: string) => void;
  readonly note: (line: string) => void;
  readonly progress: Progress;
};

/** The streams of this process. Colour only on a terminal, and not with `NO_COLOR`. */
export function openTerminal(): Terminal {
  // Whoever reads only the head of a long result has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return {
    colour: process.stdout.isTTY && process.stdout.hasColors(),
    write: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    progress: createProgress({
      write: (text) => void process.stderr.write(text),
      isTerminal: process.stderr.isTTY,
      clock: () => performance.now(),
    }),
  };
}

/** The value of `--output`. Throws `setting-invalid`. */
export function readOutputFormat(output: unknown): 'text' | 'json' {
  if (output === 'text' || output === 'json') return output;
  throw new Failure('setting-invalid', `--output is "${String(output)}": write text or json`);
}
