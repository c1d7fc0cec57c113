import { join } from 'node:path';

import { cachedPart } from './cache.ts';
import { ensureGo } from './go-toolchain.ts';
import { progressWhile } from './progress.ts';
import { mustRun } from './run-command.ts';

const craneVersion = '0.22.1';

/** The path of `crane`, a registry client that pulls like a container runtime does; built from its Go module once. */
export async function ensureCrane(): Promise<string> {
  const module = `github.com/google/go-containerregistry/cmd/crane@v${craneVersion}`;
  const folder = await cachedPart({
    name: 'crane',
    version: craneVersion,
    inputs: [module],
    make: async (unfinished) => {
      const go = await ensureGo();
      await progressWhile(`building crane ${craneVersion}, once; takes less than a minute`, () =>
        mustRun(go.program, ['install', '-trimpath', '-ldflags', '-s -w', module], {
          cwd: unfinished,
          env: { ...go.env, GOBIN: unfinished },
        }),
      );
    },
  });
  return join(folder, 'crane');
}
