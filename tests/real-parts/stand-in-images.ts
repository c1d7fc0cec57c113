import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { cachedPart, withLock, cacheFolder } from './cache.ts';
import type { ContainerTools } from './ensure-containers.ts';
import { ensurePrometheus } from './ensure-prometheus.ts';
import { ensureRedis } from './ensure-redis.ts';
import { findProgram } from './find-program.ts';
import { progressWhile } from './progress.ts';
import { mustRun, runCommand } from './run-command.ts';

/**
 * Images in the place of those of a registry, which tests do not reach: the same programs from packages, the libraries that they are
 * linked to, and nothing else. Names of images in the tools' own store.
 */
export type StandInImages = {
  /** Node 24 with npm and a shell, to build on. */
  readonly node: string;
  /** Node 24 and nothing else, not even a shell, to run on. */
  readonly bareNode: string;
  readonly redis: string;
  readonly prometheus: string;
};

const nodeVersion = '24.21.0';

/** Makes those that are missing, in seconds. */
export async function ensureStandInImages(tools: ContainerTools): Promise<StandInImages> {
  const node = await ensureNode24();
  const redis = await ensureRedis();
  const { prometheus } = await ensurePrometheus();
  const npmrc = await npmSettings();
  return withLock(join(cacheFolder(), 'stand-in-images'), async () => ({
    node: await image(tools, {
      name: 'node',
      programs: { '/usr/local/bin/node': node, '/bin/sh': program('dash', 'sh'), '/usr/bin/env': program('env') },
      folders: { '/usr/local/lib/node_modules/npm': npmFolder() },
      texts: {
        '/usr/local/etc/npmrc': npmrc,
        // What `npm` on the PATH is, in a link's stead.
        '/usr/local/bin/npm': '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n',
      },
      files: ['/etc/ssl/certs/ca-certificates.crt'],
    }),
    bareNode: await image(tools, { name: 'bare-node', programs: { '/usr/local/bin/node': node } }),
    redis: await image(tools, {
      name: 'redis',
      programs: { '/usr/local/bin/redis-server': redis, '/usr/local/bin/redis-cli': program('redis-cli') },
    }),
    prometheus: await image(tools, {
      name: 'prometheus',
      programs: { '/bin/prometheus': prometheus },
      settings: ['ENTRYPOINT ["/bin/prometheus"]', 'USER 65534'],
    }),
  }));
}

/** The path of a Node 24, from npm's package of the official build. */
export async function ensureNode24(): Promise<string> {
  const packageName = `node-linux-${process.arch}`;
  const folder = await cachedPart({
    name: 'node',
    version: nodeVersion,
    inputs: [packageName],
    make: (unfinished) =>
      progressWhile(`fetching Node ${nodeVersion}, once; takes seconds`, () =>
        mustRun('npm', ['install', '--prefix', unfinished, '--no-audit', '--no-fund', `${packageName}@${nodeVersion}`]),
      ),
  });
  return join(folder, 'node_modules', packageName, 'bin', 'node');
}

type Contents = {
  readonly name: string;
  /** Path in the image → path here; their libraries come along. */
  readonly programs: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, string>>;
  readonly texts?: Readonly<Record<string, string>>;
  /** Copied to the same path, if they are there. */
  readonly files?: readonly string[];
  /** More lines of the Dockerfile. */
  readonly settings?: readonly string[];
};

async function image(tools: ContainerTools, contents: Contents): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(contents));
  for (const path of Object.values(contents.programs)) hash.update(`${statSync(path).size}`);
  const name = `localhost/stand-in/${contents.name}:${hash.digest('hex').slice(0, 12)}`;
  const { exitCode } = await runCommand(tools.podman, ['image', 'exists', name], { env: tools.env });
  if (exitCode === 0) return name;
  const folder = await mkdtemp(join(cacheFolder(), 'containers', 'stand-in-'));
  try {
    await fill(join(folder, 'root'), contents);
    const lines = ['FROM scratch', 'COPY root /', `ENV PATH=${searchPath}`, ...(contents.settings ?? []), ''];
    writeFileSync(join(folder, 'Dockerfile'), lines.join('\n'));
    await progressWhile(`making the image ${name}, once; takes seconds`, () =>
      mustRun(tools.buildah, ['build', '--isolation', 'chroot', '--tag', name, folder], { env: tools.env }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return name;
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

async function fill(root: string, { programs, folders = {}, texts = {}, files = [] }: Contents): Promise<void> {
  mkdirSync(join(root, 'tmp'), { recursive: true, mode: 0o1777 });
  const copy = (from: string, to: string): void => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(realpathSync(from), join(root, to), { recursive: true, dereference: true });
  };
  for (const [to, from] of [...Object.entries(programs), ...Object.entries(folders)]) copy(from, to);
  for (const path of await librariesOf(Object.values(programs))) copy(path, path);
  for (const path of files.filter((file) => existsSync(file))) copy(path, path);
  for (const [to, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    writeFileSync(join(root, to), text, { mode: 0o755 });
  }
}

/** Lines of ldd: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)` and `/lib64/ld-linux-x86-64.so.2 (0x…)`. */
async function librariesOf(paths: readonly string[]): Promise<ReadonlySet<string>> {
  // A static program is an error to ldd, and has none.
  const { stdout } = await runCommand('ldd', paths);
  return new Set([...stdout.matchAll(/^\s+(?:\S+ => )?(\/\S+) \(0x/gm)].flatMap(([, path]) => path ?? []));
}

function program(...names: readonly string[]): string {
  const path = findProgram(names, ['/bin', '/usr/bin']);
  if (path === undefined) throw new Error(`there is no ${names.join(' or ')} on the PATH`);
  return path;
}

/** That of the npm on the PATH, which is a link into it. */
function npmFolder(): string {
  return dirname(dirname(realpathSync(program('npm'))));
}

/** A registry of packages and its authority may be particular to this machine, which belongs into no Dockerfile. */
async function npmSettings(): Promise<string> {
  const { stdout } = await runCommand('npm', ['config', 'get', 'registry']);
  const authorities = '/etc/ssl/certs/ca-certificates.crt';
  return [`registry=${stdout.trim()}`, ...(existsSync(authorities) ? [`cafile=${authorities}`] : []), ''].join('\n');
}
