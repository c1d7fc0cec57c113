import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedPart } from '../real-parts/cache.ts';
import { progressWhile } from '../real-parts/progress.ts';
import { mustRun } from '../real-parts/run-command.ts';

const packages = {
  '@stryker-mutator/core': '9.6.1',
  '@stryker-mutator/mocha-runner': '9.6.1',
  // The runner cannot load mocha 12, which the project itself uses. The tests need nothing that 11 lacks.
  mocha: '11.8.0',
} as const;

/** The `node_modules` folder with Stryker and a mocha that it can drive, installed once outside the checkout. */
export async function ensureStryker(): Promise<string> {
  const manifest = JSON.stringify({ private: true, dependencies: packages });
  const folder = await cachedPart({
    name: 'stryker',
    version: packages['@stryker-mutator/core'],
    inputs: [manifest],
    make: async (unfinished) => {
      writeFileSync(join(unfinished, 'package.json'), manifest);
      await progressWhile(
        `installing Stryker ${packages['@stryker-mutator/core']}, once; takes less than a minute`,
        () => mustRun('npm', ['install', '--no-audit', '--no-fund'], { cwd: unfinished }),
      );
    },
  });
  return join(folder, 'node_modules');
}
