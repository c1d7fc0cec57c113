import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { isPartName, type PartName } from '../real-parts/parts.ts';

/**
 * The real parts that a test file needs: those whose `ensure-<part>.ts` it imports, directly or through others. So it can start as soon as
 * these are there, and nobody keeps a list.
 *
 * @param file the source, from the top of the checkout.
 */
export function neededParts(root: string, file: string): ReadonlySet<PartName> {
  const seen = new Set<string>();
  const left = [join(root, file)];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (seen.has(path) || !existsSync(path)) continue;
    seen.add(path);
    left.push(...importsOf(path));
  }
  const names = [...seen].map((path) => /^ensure-([a-z-]+)\.ts$/.exec(basename(path))?.[1]);
  return new Set(names.filter((name) => name !== undefined).filter(isPartName));
}

/** Files of our own that are loaded with a file: types are not. */
function importsOf(path: string): readonly string[] {
  const source = readFileSync(path, 'utf8');
  const found = source.matchAll(/^(?:import|export)\s(?!type\s)(?:[^;']*?\sfrom\s)?'(\.[^']+)';$/gm);
  return [...found].map(([, relative = '']) => join(dirname(path), relative));
}
