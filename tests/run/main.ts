import { availableParallelism } from 'node:os';

import { prepareParts } from '../real-parts/parts.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { parseArguments, type Selection } from './arguments.ts';
import { batchesOf, runsInTurn, type Batch } from './batches.ts';
import { runBatch } from './run-batch.ts';
import { slots } from './slots.ts';
import { summaryLine, type TestResult } from './test-result.ts';

// Ending by `exit`, and not by the signal itself, lets everything that was started be killed on the way out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

process.exitCode = await main();

/** Runs the chosen tiers and ends with the line `N passed, N failed`. */
async function main(): Promise<number> {
  const results = await runSelection();
  console.log('');
  for (const { name, problems } of results) {
    for (const problem of problems) console.log(`FAILED ${name}: ${problem}`);
  }
  console.log(summaryLine(results));
  return results.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

async function runSelection(): Promise<readonly TestResult[]> {
  let selection: Selection;
  try {
    selection = parseArguments(process.argv.slice(2));
  } catch (error) {
    return [failed('arguments', error)];
  }
  const isNarrowed = selection.files.length > 0 || selection.mochaArguments.length > 0;
  const batches = batchesOf(repositoryRoot(), selection.tiers, selection.files);
  const missing = isNarrowed ? [] : selection.tiers.filter((tier) => !batches.some((batch) => batch.tier === tier));
  const results = [
    ...missing.map(({ name }) => failed(name, new Error('the tier has no test file'))),
    ...(await runBatches(batches, selection.mochaArguments, isNarrowed)),
  ];
  const isEmpty = results.every(({ passed, problems }) => passed + problems.length === 0);
  return isEmpty ? [failed('selection', new Error('no test matches'))] : results;
}

/** First those that use every core, one by one; then the others side by side, each as soon as its real parts are there. */
async function runBatches(
  batches: readonly Batch[],
  mochaArguments: readonly string[],
  mayBeEmpty: boolean,
): Promise<readonly TestResult[]> {
  const prepared = prepareParts(new Set(batches.flatMap(({ parts }) => [...parts])));
  const run = (batch: Batch, isAlone: boolean): Promise<TestResult> =>
    runBatch(batch, { mochaArguments, mayBeEmpty, isAlone });
  const alone = batches.filter(({ tier }) => tier.processes === 'one');
  const others = batches.filter(({ tier }) => tier.processes === 'one-per-file');
  const results: TestResult[] = [];
  for (const batch of alone) results.push(await run(batch, true));
  const inSlot = slots(filesAtOnce());
  const inTurn = slots(1);
  const ends = others.map(async (batch, order) => {
    try {
      for (const part of batch.parts) await prepared.get(part);
    } catch (error) {
      // It fails: no test may be skipped.
      return failed(batch.name, error);
    }
    const inOrder = (): Promise<TestResult> => inSlot(order, () => run(batch, others.length === 1));
    return runsInTurn(batch) ? inTurn(order, inOrder) : inOrder();
  });
  return [...results, ...(await Promise.all(ends))];
}

/** Tests with real servers wait for more than half of their time: one more than cores keeps these busy, and no test starving. */
function filesAtOnce(): number {
  return Math.min(availableParallelism() + 1, 6);
}

function failed(name: string, error: unknown): TestResult {
  return { name, passed: 0, problems: [error instanceof Error ? error.message : String(error)] };
}
