import { spawn } from 'node:child_process';

/** How a command ended, with at most the last megabyte of each output. */
export type CommandResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type CommandOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Sent to the command's standard input, which is empty otherwise. */
  readonly input?: string;
  readonly timeoutSeconds?: number;
};

/**
 * Runs a command to its end and gives back what it printed.
 *
 * A signal or a time-out counts as exit code 128. Throws only when the program cannot be started.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: (options.timeoutSeconds ?? 1200) * 1000,
    killSignal: 'SIGKILL',
  });
  const stdout = collectTail(child.stdout);
  const stderr = collectTail(child.stderr);
  // A command that ends without reading its input breaks this pipe; its exit code says all there is to say.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 128));
  }).finally(() => process.removeListener('exit', killWithUs));
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

/** As {@link runCommand}; throws when the command fails, naming the command and the end of what it said. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await runCommand(program, args, options);
  if (result.exitCode === 0) return result;
  const said = (result.stderr.trim() || result.stdout.trim()).slice(-4000);
  throw new Error(`${[program, ...args].join(' ')} ended with exit code ${result.exitCode}:\n${said}`);
}

const maximumOutputCharacters = 1024 * 1024;

function collectTail(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text = (text + chunk).slice(-maximumOutputCharacters);
  });
  return () => text;
}
