import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder, withLock } from '../real-parts/cache.ts';
import { ensureContainers, type ContainerTools } from '../real-parts/ensure-containers.ts';
import { progressWhile } from '../real-parts/progress.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { mustRun, type CommandResult } from '../real-parts/run-command.ts';
import { openScratch } from '../real-parts/scratch.ts';
import { ensureStandInImages, type StandInImages } from '../real-parts/stand-in-images.ts';

/** The images of deploy/image/Dockerfile, made from the checkout as it is. */
export type BuiltImages = {
  readonly tools: ContainerTools;
  readonly standIns: StandInImages;
  /** A copy of the checkout, which somebody may be editing. */
  readonly context: string;
  /** Names in the tools' store. */
  readonly helper: string;
  readonly simulators: string;
  readonly remove: () => Promise<void>;
};

/** Builds both images; what has not changed since the last time comes from the cache. */
export async function buildImages(): Promise<BuiltImages> {
  const tools = await ensureContainers();
  const standIns = await ensureStandInImages(tools);
  const scratch = openScratch('image');
  copyContext(scratch.folder);
  const images: BuiltImages = {
    tools,
    standIns,
    context: scratch.folder,
    remove: () => scratch.remove(),
    helper: 'localhost/acr-credential-helper:tested',
    simulators: 'localhost/acr-credential-helper-simulators:tested',
  };
  await progressWhile('building the images of deploy/image/Dockerfile; takes seconds', async () => {
    await withLock(buildLock, () => tidy(tools));
    await buildImage(images, ['--layers', '--tag', images.helper]);
    await buildImage(images, ['--layers', '--tag', images.simulators, '--target', 'simulators']);
  });
  return images;
}

/** The id of what was built. Base images are stand-ins: no registry of images is asked. */
export async function buildImage(
  { tools, standIns, context }: Pick<BuiltImages, 'tools' | 'standIns' | 'context'>,
  args: readonly string[],
): Promise<string> {
  const command = [
    'build',
    '--quiet',
    '--isolation=chroot',
    '--pull-never',
    '--timestamp=0',
    `--build-arg=NODE_IMAGE=${standIns.node}`,
    `--build-arg=RUNTIME_IMAGE=${standIns.bareNode}`,
    `--file=${join(context, dockerfile)}`,
    ...args,
    context,
  ];
  const run = (): Promise<CommandResult> => mustRun(tools.buildah, command, { env: tools.env, timeoutSeconds: 300 });
  return (await withLock(buildLock, run)).stdout.trim();
}

/** One build at a time: what is half built in the store then belongs to a run that was killed. */
const buildLock = join(cacheFolder(), 'image-build');

/** A build from nothing leaves about 20; after ten edits the next build begins anew. */
const maximumLayers = 200;

async function tidy({ buildah, podman, env }: ContainerTools): Promise<void> {
  await mustRun(buildah, ['rm', '--all'], { env });
  // Layers of sources that have changed since. Their time is 0, so that their age says nothing.
  const { stdout } = await mustRun(podman, ['images', '--all', '--quiet'], { env });
  if (stdout.split('\n').length > maximumLayers) await mustRun(podman, ['image', 'prune', '--force'], { env });
}

const dockerfile = join('deploy', 'image', 'Dockerfile');

/** What .dockerignore lets in, of which the Dockerfile takes its part. */
function copyContext(target: string): void {
  const ignore = readFileSync(join(repositoryRoot(), '.dockerignore'), 'utf8');
  const names = [...ignore.matchAll(/^!(.+)$/gm)].flatMap(([, name]) => name ?? []);
  for (const name of ['.dockerignore', dockerfile, ...names]) {
    // With their times, by which the cache knows files again.
    cpSync(join(repositoryRoot(), name), join(target, name), { recursive: true, preserveTimestamps: true });
  }
}
