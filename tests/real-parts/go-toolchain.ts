import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import { cachedPart } from './cache.ts';
import { download, withoutPassword } from './download.ts';
import { findProgram } from './find-program.ts';
import { progressWhile } from './progress.ts';
import { mustRun, runCommand } from './run-command.ts';
import { readZip, type ZipEntry } from './zip-archive.ts';

const goVersion = '1.26.8';

/** The sums of `golang.org/toolchain@v0.0.1-go1.26.8.<platform>` as published by sum.golang.org. */
const toolchainSums: Readonly<Record<string, string>> = {
  'linux-amd64': 'h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=',
  'linux-arm64': 'h1:sYL/O6MqS68ML0kjsQ36WoYIpJqkw60TxizWUYUKQMc=',
  'darwin-amd64': 'h1:7/9KPPN8PckcA9s91hm2jmQMhzW4KyTJXHIs45L0C9M=',
  'darwin-arm64': 'h1:dFjGhY6f8DTsY8/rLchUTDRRfjJP4pCrGCwxvHFT2Fg=',
};

/** A `go` program and the environment to call it with. */
export type Go = {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
};

/**
 * Go 1.26 or newer: the one on the PATH, or the official toolchain fetched through the Go module proxy.
 *
 * Go 1.21 and newer on the PATH fetch the toolchain themselves.
 */
export async function ensureGo(): Promise<Go> {
  const onPath = findProgram(['go']);
  const minor = onPath === undefined ? undefined : await goMinorVersion(onPath);
  if (onPath !== undefined && minor !== undefined && minor >= 21) {
    return { program: onPath, env: goEnvironment({ GOTOOLCHAIN: minor >= 26 ? 'local' : `go${goVersion}` }) };
  }
  const folder = await fetchedToolchain();
  const program = join(folder, 'bin', 'go');
  return { program, env: goEnvironment({ GOTOOLCHAIN: 'local', GOROOT: folder }) };
}

/**
 * Runs `go install` or `go build` for a static binary, at the lowest priority: tests that do not need it run beside it.
 *
 * @param env on top of what {@link ensureGo} gives.
 */
export async function buildWithGo(
  command: readonly ['install' | 'build', ...(readonly string[])],
  { cwd, linkerFlags = withoutSymbols, env = {} }: { cwd: string; linkerFlags?: string; env?: NodeJS.ProcessEnv },
): Promise<void> {
  const go = await ensureGo();
  const [verb, ...rest] = command;
  await mustRun('nice', ['-n', '19', go.program, verb, '-trimpath', '-ldflags', linkerFlags, ...rest], {
    cwd,
    env: { ...go.env, ...env },
    timeoutSeconds: 3600,
  });
}

export const withoutSymbols = '-s -w';

/** Static binaries, no stray flags of the user, and a module cache that `rm -r` can remove. */
function goEnvironment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HOME: homedir(),
    CGO_ENABLED: '0',
    GOFLAGS: '-modcacherw -buildvcs=false',
    GOWORK: 'off',
    ...more,
  };
}

async function goMinorVersion(program: string): Promise<number | undefined> {
  const result = await runCommand(program, ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } });
  const minor = /^go1\.(\d+)/.exec(result.stdout)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

async function fetchedToolchain(): Promise<string> {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const sum = toolchainSums[platform];
  if (sum === undefined)
    throw new Error(`no Go on the PATH, and none is known for ${platform}: install Go 1.26 (https://go.dev/dl)`);
  const module = `v0.0.1-go${goVersion}.${platform}`;
  return cachedPart({
    name: 'go',
    version: goVersion,
    inputs: [sum],
    make: async (folder) => {
      const url = `${moduleProxy()}/golang.org/toolchain/@v/${module}.zip`;
      const shown = withoutPassword(url);
      await progressWhile(`no Go on the PATH: fetching ${shown} (70 MB)`, async () => {
        const entries = readZip(await download(url, 'install Go 1.26 instead'));
        const found = moduleSum(entries);
        if (found !== sum) throw new Error(`${shown} has the sum ${found} instead of ${sum}: not run`);
        for (const entry of entries) writeToolchainFile(folder, entry);
      });
    },
  });
}

/** The first proxy of GOPROXY (a list separated by `,` or `|`) that is an address. */
function moduleProxy(): string {
  const proxies = (process.env['GOPROXY'] ?? '').split(/[,|]/);
  return (proxies.find((proxy) => proxy.startsWith('https://')) ?? 'https://proxy.golang.org').replace(/\/$/, '');
}

/** The `h1:` sum of a module: golang.org/x/mod/sumdb/dirhash, Hash1. */
function moduleSum(entries: readonly ZipEntry[]): string {
  const all = createHash('sha256');
  for (const entry of entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))) {
    all.update(`${createHash('sha256').update(entry.content()).digest('hex')}  ${entry.name}\n`);
  }
  return `h1:${all.digest('base64')}`;
}

/** Names start with `golang.org/toolchain@VERSION/`, and the archive keeps no modes: programs must be marked as such. */
function writeToolchainFile(folder: string, entry: ZipEntry): void {
  const path = join(folder, ...entry.name.split('/').slice(2));
  if (relative(folder, path).startsWith('..')) throw new Error(`zip entry ${entry.name} points outside its folder`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, entry.content());
  if (/^[^/]+\/[^/]+\/(bin|pkg\/tool\/[^/]+)\/[^/]+$/.test(entry.name)) chmodSync(path, 0o755);
}
