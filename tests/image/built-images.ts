import { join } from 'node:path';

import { ensureContainers, type ContainerTools } from '../real-parts/ensure-containers.ts';
import { progressWhile } from '../real-parts/progress.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { mustRun } from '../real-parts/run-command.ts';
import { ensureStandInImages, type StandInImages } from '../real-parts/stand-in-images.ts';

/** The images of deploy/image/Dockerfile, made from the checkout as it is. */
export type BuiltImages = {
  readonly tools: ContainerTools;
  readonly standIns: StandInImages;
  /** Names in the tools' store. */
  readonly helper: string;
  readonly simulators: string;
};

/** Builds both images; what has not changed since the last time comes from the cache. */
export async function buildImages(): Promise<BuiltImages> {
  const tools = await ensureContainers();
  const standIns = await ensureStandInImages(tools);
  const images = {
    tools,
    standIns,
    helper: 'localhost/acr-credential-helper:tested',
    simulators: 'localhost/acr-credential-helper-simulators:tested',
  };
  await progressWhile('building the images of deploy/image/Dockerfile; takes seconds', async () => {
    await buildImage(images, ['--layers', '--tag', images.helper]);
    await buildImage(images, ['--layers', '--tag', images.simulators, '--target', 'simulators']);
  });
  // Layers of sources that have changed since.
  await mustRun(tools.podman, ['image', 'prune', '--force', '--filter', 'until=24h'], { env: tools.env });
  return images;
}

/** The id of what was built. Base images are stand-ins: no registry of images is asked. */
export async function buildImage(
  { tools, standIns }: Pick<BuiltImages, 'tools' | 'standIns'>,
  args: readonly string[],
): Promise<string> {
  const { stdout } = await mustRun(
    tools.buildah,
    [
      'build',
      '--quiet',
      '--isolation=chroot',
      '--pull-never',
      '--timestamp=0',
      `--build-arg=NODE_IMAGE=${standIns.node}`,
      `--build-arg=RUNTIME_IMAGE=${standIns.bareNode}`,
      `--file=${join(repositoryRoot(), 'deploy', 'image', 'Dockerfile')}`,
      ...args,
      repositoryRoot(),
    ],
    { env: tools.env, timeoutSeconds: 300 },
  );
  return stdout.trim();
}
