import { join } from 'node:path';

import { cachedPart } from './cache.ts';
import { buildWithGo } from './go-toolchain.ts';
import { progressWhile } from './progress.ts';

const helmVersion = '4.3.1';

/** The path of `helm`, built from its Go module once. */
export async function ensureHelm(): Promise<string> {
  const module = `helm.sh/helm/v4/cmd/helm@v${helmVersion}`;
  const folder = await cachedPart({
    name: 'helm',
    version: helmVersion,
    inputs: [module],
    make: async (unfinished) => {
      await progressWhile(`building helm ${helmVersion}, once; takes about five minutes`, () =>
        buildWithGo(['install', module], { cwd: unfinished, env: { GOBIN: unfinished } }),
      );
    },
  });
  return join(folder, 'helm');
}
