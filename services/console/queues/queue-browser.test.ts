import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { appRoutes } from '@bull-board/api/dist/routes.js';
import { Failure } from '../../../common/domain/failure.ts';
import { Metrics } from '../../../common/runtime/metrics.ts';
import { startOpsServer, type OpsServer } from '../../../common/runtime/ops-server.ts';
import { fixedQueues } from '../../../queues/queue-of-consumer.ts';
import type { QueueViewer, ViewedMessage } from '../../../queues/queue-viewer.ts';
import type { QueueBrowserTools } from '../console-tools.ts';
import { createQueueBrowser, type QueueBrowser } from './queue-browser.ts';

describe('the queue browser', function () {
  this.timeout(20_000);
  let folder: string;
  let looks: string[];
  let viewer: QueueViewer;
  const servers: OpsServer[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'acr-queues-'));
    const ui = fileURLToPath(new URL('dist', import.meta.resolve('@bull-board/ui/package.json')));
    symlinkSync(ui, join(folder, 'queues'));
    looks = [];
    viewer = viewerOf(looks);
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
    rmSync(folder, { recursive: true });
  });

  async function start(
    tools: QueueBrowserTools | undefined = { viewer, configurations: { read: () => Promise.resolve(undefined) } },
  ): Promise<string> {
    return serve(createQueueBrowser(tools, pathToFileURL(`${folder}/`)));
  }

  async function serve(browser: QueueBrowser): Promise<string> {
    const server = await startOpsServer({
      address: { host: '127.0.0.1', port: 0 },
      metrics: new Metrics(),
      alive: () => [],
      ready: () => [],
      pages: async (request, response) => {
        await browser(request, response);
        return true;
      },
    });
    servers.push(server);
    return server.url;
  }

  const pathOf = (route: string): string =>
    `/queues${route.replace(':queueName', 'namespaces').replace(':jobId', 'one').replaceAll(/:\w+/g, 'delayed')}`;

  const declared = appRoutes.api.flatMap(({ method, route }) =>
    [method]
      .flat()
      .flatMap((name) => [route].flat().map((path) => ({ method: name.toUpperCase(), path: pathOf(path) }))),
  );
  const changing = declared.filter(({ method }) => method !== 'GET');

  it('knows the routes of bull-board by its own list, among them many that change something', () => {
    assert.ok(changing.length > 15);
    assert.ok(declared.some(({ path }) => path === '/queues/api/queues/namespaces/one/retry'));
  });

  for (const { method, path } of changing) {
    it(`refuses ${method} ${path} before anybody looks at a queue`, async () => {
      const answer = await fetch(`${await start()}${path}`, { method });
      assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD']);
      assert.deepEqual(looks, []);
    });
  }

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    it(`refuses ${method}, whatever the path`, async () => {
      const url = await start();
      const statuses = ['/queues/', '/queues/api/queues', '/queues/static/js/main.js', '/queues/api/new'].map(
        async (path) => (await fetch(`${url}${path}`, { method })).status,
      );
      assert.deepEqual(await Promise.all(statuses), [405, 405, 405, 405]);
    });
  }

  it('answers every route of bull-board that reads, without an error', async () => {
    const url = await start();
    for (const { path } of declared.filter(({ method }) => method === 'GET')) {
      const answer = await fetch(`${url}${path}`);
      // Neither workers nor Redis itself are looked at: 403.
      assert.ok([200, 403].includes(answer.status), `${path}: ${String(answer.status)}`);
    }
  });

  it('tells bull-board of every queue of the catalog that nothing in it can be changed or tried again', async () => {
    const answer = await fetch(`${await start()}/queues/api/queues`);
    const { queues } = (await answer.json()) as { queues: (Record<string, unknown> & { name: string })[] };
    assert.deepEqual(queues.map(({ name }) => name).toSorted(), fixedQueues().toSorted());
    for (const { readOnlyMode, allowRetries, allowCompletedRetries } of queues)
      assert.deepEqual({ readOnlyMode, allowRetries, allowCompletedRetries }, notChangeable);
  });

  it('shows a pool that is in no configuration any more while some process still takes from it', async () => {
    const queues = ['namespaces', 'fetch.cn-shanghai.cluster'];
    const answer = await fetch(
      `${await start({ viewer: { ...viewer, queues: () => Promise.resolve(queues) }, configurations: { read: () => Promise.resolve(undefined) } })}/queues/api/queues`,
    );
    const shown = ((await answer.json()) as { queues: readonly { name: string }[] }).queues.map(({ name }) => name);
    assert.deepEqual(shown.toSorted(), [...fixedQueues(), 'fetch.cn-shanghai.cluster'].toSorted());
  });

  it('shows key, attempts and age of a message, and no stack', async () => {
    const answer = await fetch(`${await start()}/queues/api/queues/namespaces/one`);
    const { job } = (await answer.json()) as { job: Record<string, unknown> };
    assert.deepEqual(
      [job['deduplicationId'], job['attempts'], job['timestamp'], job['failedReason']],
      ['shop', 3, 1000, 'redis-unreachable'],
    );
    assert.deepEqual([job['stacktrace'], job['returnValue']], [[], null]);
  });

  it('shows when a message that waits out a back-off is tried again: as long after its last try as it has to wait', async () => {
    const answer = await fetch(`${await start()}/queues/api/queues/namespaces/one`);
    const { job } = (await answer.json()) as { job: { timestamp: number; delay: number; opts: { delay: number } } };
    assert.deepEqual([job.timestamp + job.delay, job.opts.delay], [61_005, job.delay]);
  });

  for (const path of ['/queues/', '/queues/api/queues', '/queues/static/images/logo.svg', '/queues/static/none.js']) {
    it(`lets a browser load ${path} from nowhere else, guess nothing, keep nothing and frame nothing`, async () => {
      const { headers } = await fetch(`${await start()}${path}`);
      const kept = ['cache-control', 'x-content-type-options', 'x-frame-options', 'referrer-policy'];
      assert.deepEqual(
        kept.map((name) => headers.get(name)),
        ['no-store', 'nosniff', 'DENY', 'no-referrer'],
      );
      const policy = headers.get('content-security-policy') ?? '';
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ])
        assert.ok(policy.split('; ').includes(part), policy);
      assert.doesNotMatch(policy, /unsafe|https?:/);
    });
  }

  it('serves its page at each address that the browser may be at, and leads there without the last slash', async () => {
    const url = await start();
    for (const path of ['/queues', '/queues/', '/queues/queue/namespaces', '/queues/queue/namespaces/one'])
      assert.match(await (await fetch(`${url}${path}`)).text(), /<base href="\/queues\/"/, path);
  });

  it('serves no file outside of its folder', async () => {
    const url = await start();
    for (const path of ['static/../index.ejs', 'static/..%2findex.ejs', 'static/%2e%2e/index.ejs', 'index.ejs'])
      assert.equal((await fetch(`${url}/queues/${path}`)).status, 404, path);
  });

  it('without Redis says that there is nothing to browse, and where to look', async () => {
    const url = await serve(createQueueBrowser(undefined));
    const answer = await fetch(`${url}/queues/`);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /--redis-url/);
  });

  it('without the files of the browser it says how to build them', async () => {
    rmSync(join(folder, 'queues'));
    const answer = await fetch(`${await start()}/queues/`);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /npm run build/);
  });

  it('while Redis is away the page is there, and its requests are told why', async () => {
    const away = (): Promise<never> => Promise.reject(new Failure('redis-unreachable', 'Redis did not answer for 2 s'));
    const url = await start({ viewer: { ...viewer, counts: away }, configurations: { read: away } });
    assert.equal((await fetch(`${url}/queues/`)).status, 200);
    const answer = await fetch(`${url}/queues/api/queues/`);
    assert.equal(answer.status, 500);
    assert.deepEqual(await answer.json(), { error: 'Redis did not answer for 2 s' });
  });

  it('turns away those who ask while many others wait, and only them', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = { ...viewer, isPaused: () => held.then(() => false) };
    const url = await start({ viewer: slow, configurations: { read: () => Promise.resolve(undefined) } });
    const statuses: number[] = [];
    let turnedAway = (): void => {};
    const all = new Promise<void>((resolve) => (turnedAway = resolve));
    const asked = Array.from({ length: 40 }, async () => {
      statuses.push((await fetch(`${url}/queues/api/queues`)).status);
      if (statuses.length === 8) turnedAway();
    });
    await all;
    assert.deepEqual(new Set(statuses), new Set([503]));
    release();
    await Promise.all(asked);
    assert.deepEqual(new Set(statuses.slice(8)), new Set([200]));
    assert.equal((await fetch(`${url}/queues/api/queues`)).status, 200);
  });
});

const notChangeable = { readOnlyMode: true, allowRetries: false, allowCompletedRetries: false };

function viewerOf(looks: string[]): QueueViewer {
  const message: ViewedMessage = {
    id: 'one',
    name: 'namespace.sync',
    data: { namespace: 'shop', cause: 'account' },
    publishedAt: 1000,
    startedAt: 61_000,
    attempts: 3,
    delayMs: 5,
    priority: 1,
    key: 'shop',
    failure: 'redis-unreachable',
  };
  const look = <T>(what: string, answer: T): Promise<T> => {
    looks.push(what);
    return Promise.resolve(answer);
  };
  return {
    queues: () => Promise.resolve([]),
    counts: () => look('counts', { delayed: 1 }),
    messages: () => look('messages', [message]),
    message: () => look('message', message),
    state: () => look('state', 'delayed'),
    isPaused: () => look('paused', false),
    close: () => Promise.resolve(),
  };
}
