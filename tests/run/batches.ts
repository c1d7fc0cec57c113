import type { PartName } from '../real-parts/parts.ts';
import { neededParts } from './needed-parts.ts';
import { testFiles, type Tier } from './tiers.ts';

/** Test files that run in one mocha process. */
export type Batch = {
  readonly tier: Tier;
  /** For people. */
  readonly name: string;
  /** Sources, from the top of the checkout. */
  readonly files: readonly string[];
  readonly parts: ReadonlySet<PartName>;
};

/** Files that take minutes are begun first, so that nobody waits for them in the end. */
export const begunFirst: readonly string[] = [
  'tests/journeys/monitoring-five-minutes.test.ts',
  'tests/chaos/processes.test.ts',
  'tests/chaos/api-server.test.ts',
  'tests/chaos/answers.test.ts',
  'tests/image/compose.test.ts',
];

/**
 * The batches of some tiers, in the order in which they begin.
 *
 * @param chosen test files to which the run is limited; empty for no limit.
 */
export function batchesOf(root: string, tiers: readonly Tier[], chosen: readonly string[]): readonly Batch[] {
  const isLong = ({ name }: Batch): number => Number(begunFirst.includes(name));
  return tiers.flatMap((tier) => batchesOfTier(root, tier, chosen)).toSorted((a, b) => isLong(b) - isLong(a));
}

function batchesOfTier(root: string, tier: Tier, chosen: readonly string[]): readonly Batch[] {
  const files = testFiles(root, tier).filter((file) => chosen.length === 0 || chosen.includes(file));
  if (files.length === 0) return [];
  if (tier.processes === 'one') {
    return [{ tier, name: `${tier.name}: ${files.length} file(s)`, files, parts: new Set() }];
  }
  return files.map((file) => ({ tier, name: file, files: [file], parts: neededParts(root, file) }));
}

/**
 * Whether nothing else of the same kind may run beside it. Containers come and go with networks of the machine, and a browser gives up what it
 * is loading when these change.
 */
export function runsInTurn({ parts }: Batch): boolean {
  return parts.has('chromium') || parts.has('containers');
}
