import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../real-parts/cache.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { openScratch } from '../real-parts/scratch.ts';
import { compiledFolder, copySources } from './copy-sources.ts';
import { ensureStryker } from './ensure-stryker.ts';

/**
 * `npm run mutation [-- PATTERN…]`: changes the parser and the selection in one place at a time and sees whether a test
 * notices. Ends with exit code 1 below the least score. The report names every change that no test noticed.
 *
 * Patterns name sources to change, such as `common/domain/selection/*.ts`; without one it is all of them.
 */
async function main(patterns: readonly string[]): Promise<number> {
  const modules = await ensureStryker();
  const reports = join(cacheFolder(), 'mutation-report');
  mkdirSync(reports, { recursive: true });
  const scratch = openScratch('mutation');
  try {
    copySources(scratch.folder);
    const settings = join(scratch.folder, 'stryker.config.json');
    writeFileSync(settings, JSON.stringify(settingsFor(modules, reports, patterns)));
    const exitCode = await runStryker(modules, scratch.folder, settings);
    console.log(`report: ${join(reports, 'mutation.html')}`);
    return exitCode;
  } finally {
    await scratch.remove();
  }
}

const leastScore = 85;

const defaultPatterns = ['common/domain/configuration/**/*.ts', 'common/domain/selection/**/*.ts'];

function settingsFor(modules: string, reports: string, patterns: readonly string[]): object {
  return {
    plugins: [join(modules, '@stryker-mutator', 'mocha-runner', 'dist', 'src', 'index.js')],
    testRunner: 'mocha',
    // The tests at the limits and of random input take seconds each: every mutant would wait for them.
    mochaOptions: {
      spec: [`${compiledFolder}/**/*.test.js`],
      ignore: ['**/*.limits.test.js', '**/*.properties.test.js'],
    },
    coverageAnalysis: 'perTest',
    // There is no such file: Stryker would rewrite it, and needs a TypeScript of its own for that.
    tsconfigFile: 'none.json',
    buildCommand: `node ${join(repositoryRoot(), 'node_modules', 'typescript', 'bin', 'tsc')} -p tsconfig.mutants.json`,
    // Packages are found in the folder above the one that Stryker copies to.
    symlinkNodeModules: false,
    mutate: [...(patterns.length === 0 ? defaultPatterns : patterns), '!**/*.test.ts'],
    concurrency: 1,
    timeoutMS: 5000,
    reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
    htmlReporter: { fileName: join(reports, 'mutation.html') },
    jsonReporter: { fileName: join(reports, 'mutation.json') },
    clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false },
    thresholds: { high: leastScore, low: leastScore, break: leastScore },
    allowConsoleColors: false,
  };
}

/** Leaves a copy of its own with the mutants in the scratch folder, which is removed as a whole. */
function runStryker(modules: string, folder: string, settings: string): Promise<number> {
  const stryker = join(modules, '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const child = spawn(process.execPath, [stryker, 'run', settings], { cwd: folder, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2));
