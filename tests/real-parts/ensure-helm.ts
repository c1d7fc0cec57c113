import { join } from 'node:path';

import { cachedPart } from './cache.ts';
import { ensureGo } from './go-toolchain.ts';
import { progressWhile } from './progress.ts';
import { mustRun } from './run-command.ts';

const helmVersion = '4.3.1';

/** The path of `helm`, built from its Go module once. */
export async function ensureHelm(): Promise<string> {
  const module = `helm.sh/helm/v4/cmd/helm@v${helmVersion}`;
  const folder = await cachedPart({
    name: 'helm',
    version: helmVersion,
    inputs: [module],
    make: async (unfinished) => {
      const go = await ensureGo();
      await progressWhile(`building helm ${helmVersion}, once; takes about five minutes`, () =>
        mustRun(go.program, ['install', '-trimpath', '-ldflags', '-s -w', module], {
          cwd: unfinished,
          env: { ...go.env, GOBIN: unfinished },
        }),
      );
    },
  });
  return join(folder, 'helm');
}
