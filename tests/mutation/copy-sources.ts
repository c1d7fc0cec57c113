import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';

/** What the parser, the selection and their tests consist of; the last one marks a checkout for the tests. */
const copied = [
  'package.json',
  'tsconfig.json',
  'common/domain',
  'services/commands',
  'tests/fixtures',
  'tests/real-parts/repository-root.ts',
  'tests/real-parts/control-plane/go.mod',
] as const;

/** The folder in a copy that the compiled tests lie in. */
export const compiledFolder = 'compiled';

/**
 * Copies the sources that are mutated, with their tests, into an empty folder: Stryker writes beside what it works on.
 *
 * Only the files that the tests reach are compiled, and without a look at types, which no mutant keeps.
 */
export function copySources(folder: string): void {
  const root = repositoryRoot();
  for (const path of copied) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const compilerConfiguration = {
    extends: './tsconfig.json',
    compilerOptions: { outDir: compiledFolder, noCheck: true, sourceMap: false, incremental: false },
    include: ['common/domain/configuration', 'common/domain/selection', 'services/commands/check*.ts'],
  };
  writeFileSync(join(folder, 'tsconfig.mutants.json'), JSON.stringify(compilerConfiguration));
}
