import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder and the processes that work in it; neither outlives the process that made it. */
export type Scratch = {
  readonly folder: string;
  /** Starts a program whose output is kept (its last 64 KB) for error messages. */
  readonly start: (program: string, args: readonly string[], options?: StartOptions) => StartedProcess;
  /** Kills what still runs and removes the folder. */
  readonly remove: () => Promise<void>;
};

export type StartOptions = {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
};

export type StartedProcess = {
  /** 0 when the program could not be started; {@link output} then has the reason. */
  readonly pid: number;
  readonly hasEnded: () => boolean;
  readonly ended: Promise<void>;
  /** What the process printed last, on either output. */
  readonly output: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Sends the signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>;
};

/**
 * Opens a scratch folder.
 *
 * A shell stands by with a pipe to us. Whatever ends this process (a signal, SIGKILL too), the pipe closes, and
 * the shell kills the processes and removes the folder: handlers of our own could not do that after a SIGKILL.
 */
export function openScratch(name: string): Scratch {
  const folder = mkdtempSync(join(tmpdir(), `acr-${name}-`));
  const guard = startGuard(folder);
  const processes = new Set<StartedProcess>();
  return {
    folder,
    start: (program, args, options = {}) => {
      const started = startProcess(program, args, folder, options);
      processes.add(started);
      if (started.pid > 0) {
        guard.stdin?.write(`+ ${started.pid}\n`);
        // Its number may soon be that of somebody else.
        void started.ended.then(() => guard.stdin?.write(`- ${started.pid}\n`));
      }
      return started;
    },
    remove: async () => {
      await Promise.all([...processes].map((started) => started.end('SIGKILL')));
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      guard.kill('SIGKILL');
    },
  };
}

/** In a process group of its own, so that Ctrl-C, which reaches the whole group, leaves it alive for its task. */
function startGuard(folder: string): ChildProcess {
  const script =
    "pids=' '; while read -r what pid; do " +
    'case $what in +) pids="$pids$pid ";; *) pids="${pids%% $pid *} ${pids#* $pid }";; esac; done; ' +
    'for pid in $pids; do kill -9 "$pid"; done; sleep 0.1; rm -rf "$1"';
  const guard = spawn('/bin/sh', ['-c', `{ ${script}; } 2>/dev/null`, 'guard', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.stdin?.on('error', () => {});
  guard.unref();
  unrefStream(guard.stdin);
  return guard;
}

function startProcess(program: string, args: readonly string[], folder: string, options: StartOptions): StartedProcess {
  const child = spawn(program, args, {
    cwd: folder,
    env: options.env ?? process.env,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      output = (output + chunk).slice(-64 * 1024);
    });
  }
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input);
  let ended = false;
  const closed = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      output += `${error.message}\n`;
      ended = true;
      resolve();
    });
    child.on('exit', () => {
      ended = true;
      resolve();
    });
  });
  const send = (signal: NodeJS.Signals): void => {
    // To a program that could not be started Node 20 sends it as to process 0: to all of our own group.
    if (child.pid !== undefined) child.kill(signal);
  };
  return {
    pid: child.pid ?? 0,
    hasEnded: () => ended,
    ended: closed,
    output: () => output,
    signal: send,
    end: async (signal) => {
      if (!ended) send(signal);
      await closed;
    },
  };
}

function unrefStream(stream: unknown): void {
  if (typeof stream === 'object' && stream !== null && 'unref' in stream && typeof stream.unref === 'function')
    stream.unref();
}
