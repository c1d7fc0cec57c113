// The shape of the code in a few sentences. Each rule says in its comment what to do instead of breaking it.
//
//   services → queues → common        (run by `npm run check`)

const tests = '\\.test\\.ts$|/testing/';

/** Product code: everything but tests and their helpers, wherever they lie. */
const productOf = (path) => ({ path, pathNot: tests });

/** The bundle of a browser begins with it. */
const entryWithoutImports = '^services/console/page/queue-browser\\.ts$';

const roles = '(watcher|fetcher|writer|webhook|console)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'common-knows-nobody-above',
      comment:
        'common/ is used by queues/ and services/ and knows neither. Move what you need down into common/, or pass it in as a parameter.',
      severity: 'error',
      from: productOf('^common/'),
      to: { path: '^(queues|services|deploy|tests)/' },
    },
    {
      name: 'queues-know-only-common',
      comment:
        'queues/ carries messages and does not know who handles them. Put the work into a handler in services/ and give it to consume().',
      severity: 'error',
      from: productOf('^queues/'),
      to: { path: '^(services|deploy|tests)/' },
    },
    {
      name: 'domain-knows-nothing',
      comment:
        'common/domain/ is values in, values out. Take what you need (the time, what was observed) as an argument; let the caller fetch it.',
      severity: 'error',
      from: productOf('^common/domain/'),
      to: { path: '^(common/(?!domain/)|queues/|services/|deploy/|tests/)' },
    },
    {
      name: 'domain-has-no-input-or-output',
      comment:
        'common/domain/ opens no file, socket, process or timer. Describe the need in common/ports/ and implement it in common/adapters/.',
      severity: 'error',
      from: productOf('^common/domain/'),
      to: {
        dependencyTypes: ['core'],
        path: '^(node:)?(fs|net|tls|http|https|http2|dns|dgram|os|process|timers|child_process|cluster|worker_threads|async_hooks|perf_hooks)(/|$)',
      },
    },
    {
      name: 'ports-speak-the-domain',
      comment:
        'common/ports/ says what we need from the world in words of the domain. Types of Kubernetes, Redis or the cloud belong into the adapter.',
      severity: 'error',
      from: { path: '^common/ports/' },
      to: { pathNot: '^common/(domain|ports)/' },
    },
    {
      name: 'adapters-know-ports-and-domain',
      comment:
        'An adapter turns one part of the world into a port. If it needs more than common/ports/, common/domain/ and common/runtime/, the caller should pass it in.',
      severity: 'error',
      from: productOf('^common/adapters/'),
      to: { path: '^common/', pathNot: '^common/(ports/|domain/|runtime/|adapters/)' },
    },
    {
      name: 'adapters-do-not-know-each-other',
      comment:
        'kubernetes, alibaba, redis and memory can each be taken away. Move what two of them share to common/domain/ or common/runtime/, or join them in services/wiring.ts.',
      severity: 'error',
      from: { path: '^common/adapters/([^/]+)/', pathNot: tests },
      to: { path: '^common/adapters/([^/]+)/', pathNot: '^common/adapters/$1/' },
    },
    {
      name: 'runtime-knows-only-the-domain',
      comment:
        'common/runtime/ (settings, logger, metrics, shutdown …) may speak of failures and roles, and connects to nothing. What needs a port belongs into services/.',
      severity: 'error',
      from: productOf('^common/runtime/'),
      to: { path: '^(common/(?!runtime/|domain/)|queues/|services/|deploy/|tests/)' },
    },
    {
      name: 'roles-do-not-know-each-other',
      comment:
        'Watcher, fetcher, writer, webhook and console may run as processes of their own. Send a message (queues/catalog.ts), read a store, or move shared code to common/.',
      severity: 'error',
      from: { path: `^services/${roles}/`, pathNot: tests },
      to: { path: `^services/${roles}/`, pathNot: '^services/$1/' },
    },
    {
      name: 'roles-are-handed-their-tools',
      comment:
        'Only services/wiring.ts builds clients, and only main, roles and commands call it. Take the tool as a parameter of the handler.',
      severity: 'error',
      from: { path: `^services/${roles}/`, pathNot: tests },
      to: { path: '^services/(main|roles|wiring)\\.ts$|^services/commands/' },
    },
    {
      name: 'simulators-stand-alone',
      comment:
        'A simulator that shares code with the product would share its mistakes. Write it from the documentation of the real thing.',
      severity: 'error',
      from: productOf('^deploy/simulators/'),
      to: { path: '^(common|queues|services|tests)/' },
    },
    {
      name: 'simulators-are-for-demo-and-tests',
      comment:
        'Only the command demo and tests start simulators. Everything else talks to an address, behind which one may stand.',
      severity: 'error',
      from: {
        path: '^(common|queues|services)/',
        pathNot: [tests, '^services/commands/demo(\\.ts$|[-/])'],
      },
      to: { path: '^deploy/simulators/' },
    },
    {
      name: 'product-does-not-know-tests',
      comment: 'Tests know the product, never the other way. Move what the product needs out of tests/.',
      severity: 'error',
      from: productOf('^(common|queues|services|deploy)/'),
      to: { path: `^tests/|${tests}` },
    },
    {
      name: 'packages-are-loaded-late-through-a-file-of-ours',
      comment:
        'import("package") of a CommonJS package has no named exports in the bundle. Import it statically in a file of ours, and that file dynamically.',
      severity: 'error',
      from: productOf('^(common|queues|services|deploy)/'),
      to: { dependencyTypes: ['npm'], dynamic: true },
    },
    {
      name: 'product-uses-only-what-is-shipped',
      comment: 'This package is a development tool. Move it to "dependencies", or do without it.',
      severity: 'error',
      // What a browser loads is bundled with its libraries when it is built.
      from: {
        path: '^(common|queues|services)/|^deploy/simulators/',
        pathNot: [tests, '^services/console/page/'],
      },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm', 'type-only'] },
    },
    {
      name: 'no-circles',
      comment:
        'Files that need each other are one idea in two files, or hide a third one. Move the shared part out, or join them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports this file, and it imports nothing. Use it or delete it.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(common|queues|services|deploy|tests)/',
        pathNot: ['\\.(test\\.ts|mjs|d\\.ts)$', entryWithoutImports],
      },
      to: {},
    },
    {
      name: 'everything-is-found',
      comment: 'There is no such file or package. Mind that imports end in .ts.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Imports of types count: they tie files together just as well.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|dist|coverage)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
