import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { parseBenchOptions } from './options.ts';
import { benchPools } from './pools.ts';
import type { Row } from './scenario.ts';
import { pickScenarios } from './scenarios.ts';
import { openStage } from './stage.ts';
import { describeMachine, renderPage, renderTable } from './table.ts';

/**
 * `npm run bench [-- NAME…]`: the whole table of speeds, or the scenarios named, on a real API server, against the floor in the
 * same run. Prints what it does and a Markdown table; asserts nothing about time. `pools`: renewals beside accounts in trouble.
 */
async function main(): Promise<number> {
  const words = process.argv.slice(2);
  if (words[0] === 'pools') {
    await benchPools();
    return 0;
  }
  const options = parseBenchOptions(words);
  const scenarios = pickScenarios(options.names);
  console.error('starting a real API server, Redis and the simulated cloud …');
  const stage = await openStage(options);
  const rows: Row[] = [];
  const failed: string[] = [];
  try {
    for (const { name, does, run } of scenarios) {
      console.error(`${name}: ${does} …`);
      try {
        const measured = await run(stage);
        rows.push(...measured);
        console.error(renderTable(measured));
      } catch (error) {
        failed.push(name);
        console.error(`${name} was not measured: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await stage.stop();
  }
  console.log(`\n${describeMachine()}\n\n${renderTable(rows)}`);
  if (options.write && failed.length === 0) writePage(rows, words);
  if (failed.length > 0) console.log(`\nnot measured: ${failed.join(', ')}`);
  return failed.length === 0 ? 0 : 1;
}

function writePage(rows: readonly Row[], words: readonly string[]): void {
  const command = ['npm run bench', ...(words.length === 0 ? [] : ['--', ...words])].join(' ');
  const page = renderPage(rows, command, new Date().toISOString().slice(0, 10));
  writeFileSync(join(repositoryRoot(), 'docs', 'performance.md'), page);
}

// Ending by `exit`, and not by the signal itself, lets everything that was started be killed on the way out.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

process.exitCode = await main();
