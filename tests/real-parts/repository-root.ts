import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The top folder of the checkout.
 *
 * Tests run as compiled files from `build/` (or another output folder), so a path relative to this file is of no use;
 * the folder is known by the Go module that only the sources have.
 */
export function repositoryRoot(): string {
  for (const start of [import.meta.dirname, process.cwd()]) {
    const root = ancestorWith(start, join('tests', 'real-parts', 'control-plane', 'go.mod'));
    if (root !== undefined) return root;
  }
  throw new Error(
    `no checkout found above ${import.meta.dirname} or ${process.cwd()}: run the tests from the checkout`,
  );
}

function ancestorWith(start: string, relativePath: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, relativePath))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
