import { readManifest } from './check-manifest.ts';
import { checkManifest, type CheckedFile } from './check-file.ts';
import { decodeFile } from './check-encoding.ts';
import { renderJson } from './check-json.ts';
import { renderText } from './check-text.ts';

/** What the command needs from the world. */
export type CheckTools = {
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly readStdin: () => Promise<Uint8Array>;
  /** Standard output. */
  readonly write: (text: string) => void;
  /** Whether standard output is a terminal that wants colour. */
  readonly isTerminal: boolean;
};

/**
 * `check FILE…`: says everything that is wrong with the configuration in each file. `-` is standard input. Answers the exit
 * code: 1 if there is an error, 0 otherwise. Never throws for what a file holds, or for a file that cannot be read.
 */
export async function runCheck(
  files: readonly string[],
  options: { readonly output: 'text' | 'json' },
  tools: CheckTools,
): Promise<number> {
  const checked: CheckedFile[] = [];
  for (const file of files) checked.push(...(await checkOne(file, tools)));
  tools.write(
    options.output === 'json' ? renderJson(checked) : renderText(checked, files.length, { colour: tools.isTerminal }),
  );
  return checked.some(({ problems }) => problems.some((problem) => problem.severity === 'error')) ? 1 : 0;
}

/** Every configuration of one file. Never throws. */
export async function checkOne(
  file: string,
  tools: Pick<CheckTools, 'readFile' | 'readStdin'>,
): Promise<readonly CheckedFile[]> {
  const name = file === '-' ? '<stdin>' : file;
  let bytes: Uint8Array;
  try {
    bytes = file === '-' ? await tools.readStdin() : await tools.readFile(file);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return [unreadable(name, reason)];
  }
  const decoded = decodeFile(name, bytes);
  if (decoded.text === undefined) return [decoded.failed];
  return checkManifest(name, decoded.text, readManifest(decoded.text));
}

function unreadable(file: string, reason: string): CheckedFile {
  const words = reason === 'ENOENT' ? 'there is no such file' : reason === 'EISDIR' ? 'it is a folder' : reason;
  return {
    file,
    text: '',
    problems: [
      {
        code: 'file-unreadable',
        severity: 'error',
        key: '',
        line: 1,
        column: 1,
        length: 1,
        message: `the file cannot be read: ${words}`,
        write: 'the path of a file, or - for standard input',
        docs: 'docs/configuration.md#file-unreadable',
      },
    ],
  };
}
