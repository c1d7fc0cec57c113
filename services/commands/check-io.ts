import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { runCheck } from './check.ts';
import { readOutputFormat } from './screen/terminal.ts';

/** `check` on real files and streams. Throws `setting-invalid`. */
export async function checkFiles(files: readonly string[], output: unknown): Promise<number> {
  const format = readOutputFormat(output);
  return runCheck(
    files,
    { output: format },
    {
      readFile: (path) => readFile(path),
      readStdin: () => buffer(process.stdin),
      write: (text) => void process.stdout.write(text),
      isTerminal: process.stdout.isTTY && process.stdout.hasColors(),
    },
  );
}
