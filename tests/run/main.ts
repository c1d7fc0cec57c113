import { join } from 'node:path';

import { ensureAll } from '../real-parts/ensure-all.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { parseArguments, type Selection } from './arguments.ts';
import { runTier } from './run-tier.ts';
import { judgeTier, summaryLine, type TierResult } from './tier-result.ts';
import { testFiles, type Tier } from './tiers.ts';

// Ending by `exit`, and not by the signal itself, lets everything that was started be killed on the way out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

process.exitCode = await main();

/** Runs the chosen tiers one after the other and ends with the line `N passed, N failed`. */
async function main(): Promise<number> {
  const results = await runSelection();
  for (const { name, problems } of results) {
    for (const problem of problems) console.log(`FAILED ${name}: ${problem}`);
  }
  console.log(summaryLine(results));
  return results.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

async function runSelection(): Promise<readonly TierResult[]> {
  let selection: Selection;
  try {
    selection = parseArguments(process.argv.slice(2));
  } catch (error) {
    return [{ name: 'arguments', passed: 0, problems: [messageOf(error)] }];
  }
  const isNarrowed = selection.files.length > 0 || selection.mochaArguments.length > 0;
  const results: TierResult[] = [];
  let partsProblem: string | undefined;
  let partsAreReady = false;
  for (const tier of selection.tiers) {
    const files = chosenFiles(tier, selection);
    if (files.length === 0) {
      if (!isNarrowed) results.push({ name: tier.name, passed: 0, problems: ['the tier has no test file'] });
      continue;
    }
    if (tier.needsRealParts && !partsAreReady) {
      partsProblem = await ensureAll().then(() => undefined, describeAll);
      partsAreReady = true;
    }
    if (tier.needsRealParts && partsProblem !== undefined) {
      results.push({ name: tier.name, passed: 0, problems: [partsProblem] });
      continue;
    }
    console.log(`\n── ${tier.name}: ${files.length} file(s)`);
    const end = await runTier(repositoryRoot(), tier, files.map(compiled), selection.mochaArguments);
    results.push(judgeTier(tier.name, end, isNarrowed));
  }
  if (results.every(({ passed, problems }) => passed + problems.length === 0)) {
    results.push({ name: 'selection', passed: 0, problems: ['no test matches'] });
  }
  return results;
}

function chosenFiles(tier: Tier, selection: Selection): readonly string[] {
  const files = testFiles(repositoryRoot(), tier);
  return selection.files.length === 0 ? files : files.filter((file) => selection.files.includes(file));
}

/** The runner lies in the same output folder as the tests. */
function compiled(file: string): string {
  return join(import.meta.dirname, '..', '..', file.replace(/\.ts$/, '.js'));
}

function describeAll(error: unknown): string {
  return error instanceof AggregateError
    ? `${error.message}: ${error.errors.map(messageOf).join('; ')}`
    : messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
