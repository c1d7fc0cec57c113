import { execFile } from 'node:child_process';

import { readEnvironment } from '../../../runtime/settings.ts';

/** A program that a kubeconfig names, with all that it is told. */
export type ExecPlugin = {
  readonly command: string;
  readonly args: readonly string[];
  /** Besides the environment of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long it may take. */
  readonly seconds: number;
};

export type ExecCredential = {
  readonly token?: string | undefined;
  readonly certificate: { readonly cert?: string; readonly key?: string };
  /** Milliseconds since the epoch; absent: it is good until it is refused. */
  readonly expiresAt?: number | undefined;
};

/**
 * Runs the program once and reads its `ExecCredential`. It gets no input, because nobody is there to answer, and is ended when it
 * takes too long. Throws an `Error` whose message says why it failed, and never what it printed as its answer.
 *
 * Source: client-go credential plugins, `client.authentication.k8s.io/v1`.
 */
export async function runExecPlugin(plugin: ExecPlugin): Promise<ExecCredential> {
  const answer = parse(await outputOf(plugin));
  const status = isMap(answer) && isMap(answer['status']) ? answer['status'] : {};
  const token = textOf(status['token']);
  const cert = textOf(status['clientCertificateData']);
  const key = textOf(status['clientKeyData']);
  const hasPair = cert !== undefined && key !== undefined;
  if (token === undefined && !hasPair)
    throw new Error('it printed no ExecCredential with a token, or with a certificate and its key');
  const expiresAt = Date.parse(textOf(status['expirationTimestamp']) ?? '');
  return {
    token,
    certificate: hasPair ? { cert, key } : {},
    expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt,
  };
}

function outputOf({ command, args, environment, seconds }: ExecPlugin): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      env: { ...readEnvironment(), ...environment },
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 1024 * 1024,
    } as const;
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(reasonOf(error, stderr, seconds)));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end();
  });
}

type ExecError = Error & { readonly code?: unknown; readonly killed?: boolean };

function reasonOf(error: ExecError, stderr: string, seconds: number): string {
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  if (error.code === 'ENOENT') return 'there is no such program';
  if (error.code === 'EACCES') return 'it may not be run: is it executable?';
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'it printed more than 1 MiB';
  if (error.killed === true) return `it did not end within ${seconds} s${said === '' ? '' : `; it said: ${said}`}`;
  return said === '' ? `it ended with exit code ${String(error.code)}` : said;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
