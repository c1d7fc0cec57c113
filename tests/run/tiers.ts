import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A set of tests that run in one mocha process. */
export type Tier = {
  readonly name: 'unit' | 'contracts' | 'journeys' | 'chaos' | 'image';
  /** Folders of the tests, from the top of the checkout; a more exact folder of another tier wins. */
  readonly folders: readonly string[];
  /** Whether the tests start real servers, which must be made ready first. */
  readonly needsRealParts: boolean;
  /** How long one test may take before it fails, unless it says otherwise itself. */
  readonly testTimeoutSeconds: number;
  /** How long the whole tier may take before it is killed. */
  readonly tierTimeoutSeconds: number;
  /** How long the process may take to end after its last test. */
  readonly closingSeconds: number;
  readonly parallel: boolean;
};

/** Every tier, in the order in which they run: the fast ones first. */
export const tiers: readonly Tier[] = [
  {
    name: 'unit',
    folders: ['common', 'queues', 'services', 'deploy', 'tests'],
    needsRealParts: false,
    testTimeoutSeconds: 10,
    tierTimeoutSeconds: 300,
    closingSeconds: 15,
    parallel: true,
  },
  {
    name: 'contracts',
    folders: ['tests/contracts'],
    needsRealParts: true,
    testTimeoutSeconds: 60,
    tierTimeoutSeconds: 900,
    closingSeconds: 15,
    parallel: false,
  },
  {
    name: 'journeys',
    folders: ['tests/journeys', 'tests/real-parts'],
    needsRealParts: true,
    testTimeoutSeconds: 120,
    tierTimeoutSeconds: 2400,
    closingSeconds: 15,
    parallel: false,
  },
  {
    name: 'chaos',
    folders: ['tests/chaos'],
    needsRealParts: true,
    testTimeoutSeconds: 180,
    tierTimeoutSeconds: 600,
    closingSeconds: 15,
    // Most of the time is spent waiting for faults to pass.
    parallel: true,
  },
  {
    name: 'image',
    folders: ['tests/image'],
    needsRealParts: true,
    testTimeoutSeconds: 120,
    tierTimeoutSeconds: 900,
    closingSeconds: 15,
    parallel: false,
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
