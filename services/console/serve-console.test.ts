import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { emptyHistory, type History } from '../../common/domain/status/history.ts';
import type { Status } from '../../common/domain/status/status.ts';
import { Metrics } from '../../common/runtime/metrics.ts';
import { startOpsServer, type OpsServer } from '../../common/runtime/ops-server.ts';
import { createConsole } from './serve-console.ts';

describe('pages of the status page', function () {
  this.timeout(20_000);
  let folder: string;
  let server: OpsServer;
  let sentence: string;
  let recent: string;
  let at: number;
  let history: History;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'acr-console-'));
    writeFileSync(join(folder, 'index.html'), '<script id="model">{{MODEL}}</script>');
    writeFileSync(join(folder, 'page.js'), 'export {};');
    [sentence, recent, at, history] = ['All is well.', 'All was well.', 1, emptyHistory];
    await start();
  });

  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function start(): Promise<void> {
    server = await startOpsServer({
      address: { host: '127.0.0.1', port: 0 },
      metrics: new Metrics(),
      alive: () => [],
      ready: () => [],
      pages: createConsole({
        status: () => Promise.resolve({ at, headline: { level: 'good', sentence } } as Status),
        statusAtOnce: () => Promise.resolve({ at, headline: { level: 'good', sentence: recent } } as Status),
        history: { since: () => history },
        configuration: { read: () => ({}) },
        folder: pathToFileURL(`${folder}/`),
      }),
    });
  }

  it('the page brings what it shows first, and text in it cannot end its element', async () => {
    recent = 'a</script><script>alert(1)</script>$& {{MODEL}}';
    const text = await (await fetch(server.url)).text();
    assert.equal(text.split('</script').length, 2);
    const model = /<script id="model">(.*)<\/script>/s.exec(text)?.[1] ?? '';
    assert.equal((JSON.parse(model) as { status: Status }).status.headline.sentence, recent);
  });

  it('the page begins with the status that is there at once; whoever asks for the status gets a fresh one', async () => {
    recent = 'A moment ago all was well.';
    assert.match(await (await fetch(server.url)).text(), /A moment ago/);
    assert.match(await (await fetch(`${server.url}/api/page`)).text(), /All is well\./);
  });

  it('the browser may load nothing from elsewhere, run nothing inline, and put the page in no frame', async () => {
    const policy = (await fetch(server.url)).headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"])
      assert.ok(policy.split('; ').includes(part), policy);
    assert.doesNotMatch(policy, /unsafe/);
  });

  it('an answer is sent again only when something changed; that time goes by is no change', async () => {
    const first = await fetch(`${server.url}/api/page`);
    const etag = first.headers.get('etag') ?? '';
    const again = async (): Promise<number> =>
      (await fetch(`${server.url}/api/page`, { headers: { 'if-none-match': etag } })).status;
    at = 2;
    assert.equal(await again(), 304);
    sentence = 'Not all is well.';
    assert.equal(await again(), 200);
  });

  it('a stream begins with the status and the history, and has an id from which it can be taken up', async () => {
    const sample = {
      at: 77,
      queues: {},
      writesPerMinute: 0,
      conflictsPerMinute: 0,
    } as unknown as History['samples'][0];
    history = { samples: [sample], attempts: [] };
    const ended = new AbortController();
    const stream = await fetch(`${server.url}/api/events?since=0`, { signal: ended.signal });
    assert.equal(stream.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString('utf8');
      if (text.includes('event: history')) break;
    }
    ended.abort();
    assert.match(text, /^event: status\ndata: \{.*All is well\..*\}\n\n/);
    assert.match(text, /id: 77\nevent: history\ndata: /);
  });

  it('more pages than a small number get no stream of their own', async () => {
    const ended = new AbortController();
    const open = (): Promise<Response> => fetch(`${server.url}/api/events`, { signal: ended.signal });
    const streams = await Promise.all(Array.from({ length: 17 }, open));
    assert.deepEqual(
      streams.map(({ status }) => status).filter((status) => status !== 200),
      [503],
    );
    ended.abort();
  });

  it('other paths are not its own', async () => {
    assert.equal((await fetch(`${server.url}/console/../secret`)).status, 404);
    assert.equal((await fetch(`${server.url}/console/index.html`)).status, 404);
  });

  it('without the files of the browser it says how to build them', async () => {
    rmSync(join(folder, 'index.html'));
    const answer = await fetch(server.url);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /npm run build/);
  });
});
