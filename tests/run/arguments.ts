import { tiers, type Tier } from './tiers.ts';

/** What the user asked for on the command line. */
export type Selection = {
  /** All of them when none is named. */
  readonly tiers: readonly Tier[];
  /** Test files to which the run is limited; empty for no limit. */
  readonly files: readonly string[];
  /** Handed to mocha as they are. */
  readonly mochaArguments: readonly string[];
};

/**
 * Reads `[TIER…] [FILE.test.ts…] [MOCHA OPTION…]`, for instance `unit --grep renewal`.
 *
 * Everything from the first option on belongs to mocha.
 *
 * @throws Error for a word that is neither a tier nor a test file.
 */
export function parseArguments(words: readonly string[]): Selection {
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const ours = firstOption < 0 ? words : words.slice(0, firstOption);
  const files = ours.filter((word) => word.endsWith('.test.ts')).map((word) => word.replace(/^\.\//, ''));
  const names = ours.filter((word) => !word.endsWith('.test.ts'));
  for (const name of names) {
    if (!tiers.some((tier) => tier.name === name)) {
      const known = tiers.map((tier) => tier.name).join(', ');
      throw new Error(`"${name}" is no tier and no test file: name one of ${known}, or a path that ends in .test.ts`);
    }
  }
  return {
    tiers: names.length === 0 ? tiers : tiers.filter((tier) => names.includes(tier.name)),
    files,
    mochaArguments: firstOption < 0 ? [] : words.slice(firstOption),
  };
}
