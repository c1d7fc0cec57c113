import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureCrane } from './ensure-crane.ts';
import { runCommand, type CommandResult } from './run-command.ts';
import { fileInTar, tarWithOneFile } from './tar-archive.ts';

/**
 * Runs crane with nothing but the given credentials.
 *
 * @param dockerConfigJson the content of a Secret's `.dockerconfigjson`, byte for byte what crane finds as its
 *   `config.json`; undefined for a client without any.
 * @param useFolder arguments may refer to files of the scratch folder, which is gone afterwards.
 */
export async function crane(
  dockerConfigJson: string | undefined,
  useFolder: (folder: string) => Promise<readonly string[]> | readonly string[],
): Promise<CommandResult> {
  const program = await ensureCrane();
  const folder = await mkdtemp(join(tmpdir(), 'acr-crane-'));
  try {
    if (dockerConfigJson !== undefined) await writeFile(join(folder, 'config.json'), dockerConfigJson, { mode: 0o600 });
    return await runCommand(program, await useFolder(folder), {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, DOCKER_CONFIG: folder },
      timeoutSeconds: 60,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The only file of an image that {@link pushTinyImage} makes. */
const imageFile = 'hello.txt';

/**
 * Pushes an image of one small layer with the given text in it.
 *
 * @param image `HOST/REPOSITORY:TAG`
 * @returns crane's result; on success its standard output is the image's name with its digest.
 */
export async function pushTinyImage(
  image: string,
  text: string,
  dockerConfigJson: string | undefined,
): Promise<CommandResult> {
  return crane(dockerConfigJson, async (folder) => {
    const layer = join(folder, 'layer.tar');
    await writeFile(layer, tarWithOneFile(imageFile, Buffer.from(text)));
    return ['append', '--new_layer', layer, '--new_tag', image];
  });
}

/** What a pull came to: the text that {@link pushTinyImage} put into the image, or why not. */
export type Pull =
  { readonly kind: 'pulled'; readonly text: string } | { readonly kind: 'refused'; readonly reason: string };

/** Pulls such an image, manifest and layers, as a node would. */
export async function pullTinyImage(image: string, dockerConfigJson: string | undefined): Promise<Pull> {
  const target = await mkdtemp(join(tmpdir(), 'acr-pull-'));
  try {
    const archive = join(target, 'filesystem.tar');
    const result = await crane(dockerConfigJson, () => ['export', image, archive]);
    if (result.exitCode !== 0) return { kind: 'refused', reason: result.stderr.trim() };
    const file = fileInTar(await readFile(archive), imageFile);
    if (file === undefined) return { kind: 'refused', reason: `${image} has no file ${imageFile}` };
    return { kind: 'pulled', text: file.toString('utf8') };
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}
