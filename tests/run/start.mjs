// `npm test` starts here (and `npm run` coverage, mutation, docs, manifests, bench): compiles the sources to build/ and hands over to
// the compiled runner.
//
// Plain JavaScript, because Node 20 cannot run TypeScript. Files of build/ whose source is gone are removed first:
// the compiler leaves them behind, and they would still count in the coverage.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const build = join(root, 'build');

removeOrphans();
if (!compile()) {
  console.error('\nThe sources do not compile: nothing was run.\n');
  console.log('0 passed, 1 failed');
  process.exit(1);
}

const runner = spawn(process.execPath, command(process.argv.slice(2)), { cwd: root, stdio: 'inherit' });
// Whoever stops us means the runner, which takes its servers along.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code) => process.exit(code ?? 1));

/** `--coverage`, `--mutation`, `--docs`, `--manifests` and `--bench` come first or not at all; everything else is for the runner. */
function command([first, ...others]) {
  const main = join(build, 'tests', 'run', 'main.js');
  if (first === '--docs') return [join(build, 'tests', 'docs', 'write-pages.js')];
  if (first === '--manifests') return [join(build, 'tests', 'manifests', 'write-manifests.js')];
  if (first === '--mutation') return [join(build, 'tests', 'mutation', 'main.js'), ...others];
  if (first === '--bench') return [join(build, 'tests', 'bench', 'main.js'), ...others];
  if (first === '--coverage') return [...coverage(), process.execPath, main, 'unit', 'contracts'];
  return [main, ...(first === undefined ? [] : [first]), ...others];
}

function compile() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return spawnSync(process.execPath, [compiler, '-p', root], { cwd: root, stdio: 'inherit' }).status === 0;
}

function removeOrphans() {
  if (!existsSync(build)) return;
  for (const entry of readdirSync(build, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.js(\.map)?$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const source = join(root, path.slice(build.length).replace(/\.js(\.map)?$/, '.ts'));
    if (!existsSync(source)) rmSync(path);
  }
}

function coverage() {
  const folders = ['common', 'queues', 'services', 'deploy'];
  return [
    join(root, 'node_modules', 'c8', 'bin', 'c8.js'),
    '--all',
    ...folders.flatMap((folder) => ['--include', `build/${folder}/**`]),
    '--exclude=**/*.test.js',
    '--exclude=**/*.test.ts',
    '--reporter=text-summary',
    '--reporter=lcov',
    '--reports-dir=coverage',
  ];
}
