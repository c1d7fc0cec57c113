import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Failure } from '../../common/domain/failure.ts';
import { runCheck } from './check.ts';

/** `check` on real files and streams. Throws `setting-invalid`. */
export async function checkFiles(files: readonly string[], output: unknown): Promise<number> {
  if (output !== 'text' && output !== 'json') {
    throw new Failure('setting-invalid', `--output is "${String(output)}": write text or json`);
  }
  return runCheck(
    files,
    { output },
    {
      readFile: (path) => readFile(path),
      readStdin: () => buffer(process.stdin),
      write: (text) => void process.stdout.write(text),
      isTerminal: process.stdout.isTTY && process.stdout.hasColors(),
    },
  );
}
