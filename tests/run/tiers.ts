import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A set of tests of one kind. */
export type Tier = {
  readonly name: 'unit' | 'contracts' | 'journeys' | 'chaos' | 'image';
  /** Folders of the tests, from the top of the checkout; a more exact folder of another tier wins. */
  readonly folders: readonly string[];
  /** How long one test may take before it fails, unless it says otherwise itself. */
  readonly testTimeoutSeconds: number;
  /** How long one of its mocha processes may take before it is killed. */
  readonly processTimeoutSeconds: number;
  /**
   * `one`: mocha deals all files out to its workers. `one-per-file`: what a file leaves open or brings down is known by its name; files that
   * start servers mostly wait, so several run side by side.
   */
  readonly processes: 'one' | 'one-per-file';
};

/** Every tier, in the order in which they begin: the fast ones first. */
export const tiers: readonly Tier[] = [
  {
    name: 'unit',
    folders: ['common', 'queues', 'services', 'deploy', 'tests'],
    testTimeoutSeconds: 10,
    processTimeoutSeconds: 300,
    processes: 'one',
  },
  {
    name: 'contracts',
    folders: ['tests/contracts'],
    testTimeoutSeconds: 60,
    processTimeoutSeconds: 600,
    processes: 'one-per-file',
  },
  {
    name: 'journeys',
    folders: ['tests/journeys', 'tests/real-parts'],
    testTimeoutSeconds: 120,
    processTimeoutSeconds: 600,
    processes: 'one-per-file',
  },
  {
    name: 'chaos',
    folders: ['tests/chaos'],
    testTimeoutSeconds: 180,
    processTimeoutSeconds: 600,
    processes: 'one-per-file',
  },
  {
    name: 'image',
    folders: ['tests/image'],
    testTimeoutSeconds: 120,
    processTimeoutSeconds: 600,
    processes: 'one-per-file',
  },
];

/**
 * The sources of a tier's tests, from the top of the checkout, in a stable order.
 *
 * They are found among the sources, not in `build/`, which may hold what is no longer there.
 */
export function testFiles(root: string, tier: Tier): readonly string[] {
  return allTestFiles(root).filter((path) => tierOf(path) === tier.name);
}

/** The tier of a test file: that of the longest folder it lies in. */
export function tierOf(path: string): Tier['name'] | undefined {
  let best: { readonly name: Tier['name']; readonly length: number } | undefined;
  for (const { name, folders } of tiers) {
    for (const folder of folders) {
      if (path.startsWith(`${folder}/`) && folder.length > (best?.length ?? 0)) best = { name, length: folder.length };
    }
  }
  return best?.name;
}

function allTestFiles(root: string): readonly string[] {
  const top = [...new Set(tiers.flatMap(({ folders }) => folders.map((folder) => folder.split('/')[0] ?? folder)))];
  return top
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted();
}
