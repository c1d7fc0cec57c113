// Bundles services/main.ts to dist/: the program as it is shipped, in a few files that start fast.
//
//   node deploy/checkout/build.mjs               builds
//   node deploy/checkout/build.mjs --if-possible  builds unless the development tools are missing; for npm's `prepare`,
//                                                which runs after `npm ci --omit=dev` too
//
// `--entry FILE --out FOLDER` bundle something else in the same way.
import { chmodSync, copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const serviceEntry = join(root, 'services', 'main.ts');
const { values } = parseArgs({
  options: {
    'if-possible': { type: 'boolean', default: false },
    entry: { type: 'string', default: serviceEntry },
    out: { type: 'string', default: join(root, 'dist') },
  },
});
const entry = resolve(values.entry);
const out = resolve(values.out);

const esbuild = await import('esbuild').catch(() => undefined);
if (esbuild === undefined || !existsSync(entry)) {
  const missing = esbuild === undefined ? 'esbuild is not installed (run npm ci)' : `${entry} does not exist`;
  console.error(`dist was not built: ${missing}`);
  process.exit(values['if-possible'] ? 0 : 1);
}

const started = performance.now();
rmSync(out, { recursive: true, force: true });
const result = await esbuild
  .build({
    absWorkingDir: root,
    entryPoints: { main: entry },
    outdir: out,
    bundle: true,
    // Parts that only some commands need (@kubernetes/client-node costs 0.5 s) become files of their own, loaded late.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    // Identifiers stay: stack traces are readable, and no function pays at run time for keeping the name that it has lost.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'linked',
    metafile: true,
    logLevel: 'warning',
    chunkNames: 'parts/[name]-[hash]',
    plugins: [{ name: 'parts', setup: useParts }],
    define: { 'process.env.ACR_HELPER_VERSION': JSON.stringify(packageVersion()) },
    // Optional native or debugging helpers: whoever asks for them does without when they are missing.
    external: ['msgpackr-extract', 'pino-elasticsearch', 'bufferutil', 'utf-8-validate', 'cpu-features'],
    banner: { js: hashbang() + requireForCommonJs() },
  })
  .catch(() => process.exit(1)); // esbuild has printed what is wrong.

const main = join(out, 'main.js');
chmodSync(main, 0o755);
if (values.entry === serviceEntry) {
  await buildPages();
  copyQueueBrowser();
}
report(result.metafile, performance.now() - started);

/** What a browser loads from the service: its libraries are inside, so that it asks nobody else. */
async function buildPages() {
  const source = join(root, 'services', 'console', 'page');
  const target = join(out, 'console');
  await esbuild
    .build({
      absWorkingDir: root,
      entryPoints: [
        { in: join(source, 'main.ts'), out: 'page' },
        { in: join(source, 'page.css'), out: 'page' },
        { in: join(source, 'queue-browser.ts'), out: 'queues/static/added' },
        { in: join(source, 'queue-browser.css'), out: 'queues/static/added' },
      ],
      outdir: target,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      legalComments: 'linked',
      logLevel: 'warning',
      tsconfig: join(source, 'tsconfig.json'),
    })
    .catch(() => process.exit(1));
  copyFileSync(join(source, 'index.html'), join(target, 'index.html'));
}

/**
 * bull-board's files as they are, but for what its page would load from elsewhere, or what its policy (queue-browser.ts) forbids. It loads
 * what mends it beside.
 */
function copyQueueBrowser() {
  const source = join(root, 'node_modules', '@bull-board', 'ui', 'dist');
  const target = join(out, 'console', 'queues');
  cpSync(join(source, 'static'), join(target, 'static'), { recursive: true });
  const page = readFileSync(join(source, 'index.ejs'), 'utf8')
    .replace(/<link href="https:[^>]*>/g, '')
    .replace(/<div id="root">.*<\/style>\s*<\/div>/s, '<div id="root"></div>')
    .replace('</head>', '<link href="static/added.css" rel="stylesheet"></head>')
    .replace('</body>', '<script defer src="static/added.js"></script></body>');
  const strange = /https?:[^"']*|<style|style=/.exec(page);
  if (strange !== null) throw new Error(`the page of @bull-board/ui has "${strange[0]}": take it out here`);
  writeFileSync(join(target, 'index.ejs'), page);
}

/** For our own files; what @kubernetes/client-node asks for, rarely, is the whole package. */
function useParts({ onResolve }) {
  const parts = { undici: 'undici-dispatchers.cjs', bullmq: 'bullmq-parts.cjs' };
  onResolve({ filter: /^(undici|bullmq)$/ }, ({ path, importer }) =>
    importer.includes('node_modules') ? undefined : { path: join(root, 'deploy', 'checkout', parts[path]) },
  );
}

/** esbuild keeps the one that the entry has; a second one would be a syntax error. */
function hashbang() {
  return readFileSync(entry, 'utf8').startsWith('#!') ? '' : '#!/usr/bin/env node\n';
}

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
function requireForCommonJs() {
  return [
    "import { createRequire as __createRequire } from 'node:module';",
    "import { fileURLToPath as __fileURLToPath } from 'node:url';",
    'const require = __createRequire(import.meta.url);',
    'const __filename = __fileURLToPath(import.meta.url);',
    "const __dirname = __fileURLToPath(new URL('.', import.meta.url));",
  ].join('');
}

function packageVersion() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}

function report(metafile, milliseconds) {
  const scripts = Object.entries(metafile.outputs).filter(([path]) => path.endsWith('.js'));
  const bytes = scripts.reduce((sum, [, output]) => sum + output.bytes, 0);
  const megabytes = (bytes / 1024 / 1024).toFixed(1);
  console.error(`built ${scripts.length} files, ${megabytes} MB, in ${(milliseconds / 1000).toFixed(1)} s`);
}
