import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { cachedPart } from './cache.ts';
import { canInstallDebianPackages, installDebianPackage } from './debian-packages.ts';
import { findProgram } from './find-program.ts';
import { buildWithGo } from './go-toolchain.ts';
import { progressWhile } from './progress.ts';
import { repositoryRoot } from './repository-root.ts';
import { mustRun, runCommand } from './run-command.ts';

const composeVersion = '1.6.0';

/** How podman-compose is called: a Python program that brings a compose file up with podman. */
export type ComposeTool = {
  readonly program: string;
  readonly firstArguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

/** podman-compose from the Python registry, once. */
export async function ensurePodmanCompose(): Promise<ComposeTool> {
  const python = await ensurePip();
  const wanted = `podman-compose==${composeVersion}`;
  const folder = await cachedPart({
    name: 'podman-compose',
    version: composeVersion,
    inputs: [wanted],
    make: (unfinished) =>
      progressWhile(`installing podman-compose ${composeVersion}, once; takes seconds`, () =>
        mustRun(python, ['-m', 'pip', 'install', '--quiet', '--no-compile', '--target', unfinished, wanted]),
      ),
  });
  return {
    program: python,
    firstArguments: [join(folder, 'podman_compose.py')],
    environment: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
  };
}

/** The path of a program that reads compose files as `docker compose config --quiet` does, with the same library. */
export async function ensureComposeReader(): Promise<string> {
  const source = join(repositoryRoot(), 'tests', 'real-parts', 'compose-reader');
  const folder = await cachedPart({
    name: 'compose-reader',
    version: '1',
    inputs: ['main.go', 'go.mod', 'go.sum'].map((name) => readFileSync(join(source, name), 'utf8')),
    make: async (unfinished) => {
      await progressWhile('building a reader of compose files, once; takes half a minute', () =>
        buildWithGo(['build', '-o', join(unfinished, 'compose-reader'), '.'], { cwd: source }),
      );
    },
  });
  return join(folder, 'compose-reader');
}

async function ensurePip(): Promise<string> {
  const present = findProgram(['python3']);
  if (present !== undefined && (await runCommand(present, ['-m', 'pip', '--version'])).exitCode === 0) return present;
  if (!canInstallDebianPackages()) throw new Error('python3 with pip is not on the PATH: install Python 3.9 or newer');
  await installDebianPackage('python3-pip');
  const installed = findProgram(['python3']);
  if (installed === undefined) throw new Error('the package python3-pip brought no python3');
  return installed;
}
