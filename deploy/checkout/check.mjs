// `npm run check`: everything that can be said about the sources without running them, side by side, one line each.
// What fails shows its whole output; the exit code is the number of failed checks.
//
//   node deploy/checkout/check.mjs [NAME…]   only these: types, page-types, lint, format, layers, dead-code
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sourceFolders = ['common', 'queues', 'services', 'deploy', 'tests'].filter((name) =>
  existsSync(join(root, name)),
);

/** `judge` may find fault with the output of a command that was content with itself. */
const checks = [
  { name: 'types', says: 'the compiler', command: ['typescript/bin/tsc', '--noEmit', '--incremental', 'false'] },
  {
    name: 'page-types',
    says: 'the compiler, for what runs in a browser',
    command: ['typescript/bin/tsc', '-p', 'services/console/page/tsconfig.json'],
  },
  { name: 'lint', says: 'oxlint, with types', command: ['oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'format', says: 'prettier', command: ['prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn'] },
  {
    name: 'layers',
    says: 'who may import whom; no circles, no orphans',
    command: [
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config=.dependency-cruiser.cjs',
      '--output-type=err-long',
      ...sourceFolders,
    ],
    judge: sawEveryModule,
  },
  { name: 'dead-code', says: 'knip: unused files, exports, packages', command: ['knip/bin/knip.js', '--no-progress'] },
];

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !checks.some((check) => check.name === name));
if (unknown !== undefined) {
  console.error(`"${unknown}" is no check: name some of ${checks.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
const chosen = checks.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const results = await Promise.all(chosen.map(run));
const failed = results.filter(({ problem }) => problem !== undefined);
for (const { name, output, problem } of failed) console.log(`\n── ${name}: ${problem}\n${output.trim()}`);
console.log(`\n${results.length - failed.length} checks passed, ${failed.length} failed`);
process.exitCode = failed.length;

async function run(check) {
  const started = performance.now();
  const { exitCode, output } = await outputOf(check.command);
  const problem = exitCode === 0 ? check.judge?.(output) : `exit code ${exitCode}`;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${problem === undefined ? '✔' : '✖'} ${check.name.padEnd(10)} ${seconds.padStart(5)} s  ${check.says}`);
  return { name: check.name, output, problem };
}

function outputOf([script, ...args]) {
  const [folder, ...rest] = script.split('/');
  const child = spawn(process.execPath, [join(root, 'node_modules', folder, ...rest), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 128, output }));
  });
}

/** With a compiler that it does not understand, dependency-cruiser sees no module at all and is content. */
function sawEveryModule(output) {
  const seen = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
  const there = sourceFolders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }))
    .filter((name) => name.endsWith('.ts')).length;
  return seen >= there && there > 0 ? undefined : `only ${seen} of ${there} modules were seen`;
}
