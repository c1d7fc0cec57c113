// Makes a fresh checkout runnable: checks Node, and runs `npm ci` when node_modules is missing or of another lock file.
//
// Plain JavaScript without dependencies, because it runs before there are any. `npm test`, `npm run demo` and their
// kin start with it, so that nobody has to know a second command.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

checkNode();
const reason = whyInstall();
if (reason !== undefined) install(reason);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Node ${process.versions.node} is too old: install Node 20.19 or newer (https://nodejs.org) and run this again.`,
  );
}

/**
 * npm notes in node_modules/.package-lock.json, as its last step, what it has installed. Compared package by package
 * with package-lock.json that shows a missing, an outdated, a half-made and a production-only installation alike.
 */
function whyInstall() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return 'node_modules is missing';
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(installedPath);
  const isOther = ([path, { version, optional, devOptional, peer }]) => {
    // Optional ones may be meant for another platform.
    if (path === '' || optional === true || devOptional === true) return false;
    if (peer === true && installed[path] === undefined) return false;
    return installed[path]?.version !== version;
  };
  const other = Object.entries(wanted).find(isOther);
  return other === undefined ? undefined : `${other[0]} ${other[1].version} of package-lock.json is not there`;
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

function install(why) {
  console.error(`${why}: running npm ci (about 20 seconds)`);
  const started = Date.now();
  const [program, args] = npm();
  // A checkout is for working on: its tools are needed even where the environment says "production". No package needs
  // its install script, and our own would build what the caller builds next.
  const ci = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, error } = spawnSync(program, [...args, ...ci], { cwd: root, stdio: ['ignore', 2, 2] });
  if (error !== undefined) fail(`npm could not be started (${error.message}): install npm, or run "npm ci" yourself.`);
  if (status !== 0) fail(`npm ci failed with exit code ${status}: see its message above.`);
  console.error(`npm ci is done (${Math.round((Date.now() - started) / 1000)} s)`);
}

/** The npm that started us, else the one beside this Node, else the one on the PATH. */
function npm() {
  const started = process.env.npm_execpath;
  if (started?.endsWith('npm-cli.js')) return [process.execPath, [started]];
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return existsSync(beside) ? [process.execPath, [beside]] : ['npm', []];
}

function fail(line) {
  console.error(line);
  process.exit(1);
}
