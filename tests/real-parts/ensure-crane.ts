import { join } from 'node:path';

import { cachedPart } from './cache.ts';
import { buildWithGo } from './go-toolchain.ts';
import { progressWhile } from './progress.ts';

const craneVersion = '0.22.1';

/** The path of `crane`, a registry client that pulls like a container runtime does; built from its Go module once. */
export async function ensureCrane(): Promise<string> {
  const module = `github.com/google/go-containerregistry/cmd/crane@v${craneVersion}`;
  const folder = await cachedPart({
    name: 'crane',
    version: craneVersion,
    inputs: [module],
    make: async (unfinished) => {
      await progressWhile(`building crane ${craneVersion}, once; takes less than a minute`, () =>
        buildWithGo(['install', module], { cwd: unfinished, env: { GOBIN: unfinished } }),
      );
    },
  });
  return join(folder, 'crane');
}
