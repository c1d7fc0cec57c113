import assert from 'node:assert/strict';
import { Failure } from '../domain/failure.ts';
import { Metrics } from './metrics.ts';
import { startOpsServer, type OpsServer } from './ops-server.ts';

describe('ops server', () => {
  let problems: string[];
  let metrics: Metrics;
  let server: OpsServer;

  beforeEach(async () => {
    problems = [];
    metrics = new Metrics();
    server = await startOpsServer({
      address: { host: '127.0.0.1', port: 0 },
      metrics,
      alive: () => [],
      ready: () => problems,
    });
  });

  afterEach(() => server.close());

  it('is ready when nothing stands in the way, and names each reason otherwise', async () => {
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
    problems = ['watch pods: refused'];
    const answer = await fetch(`${server.url}/readyz`);
    assert.equal(answer.status, 503);
    assert.equal(await answer.text(), 'watch pods: refused\n');
  });

  it('serves metrics that were brought up to date for the scrape', async () => {
    metrics.beforeCollect(() => metrics.set('acr_helper_configuration_valid', {}, 1));
    const text = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(text, /^acr_helper_configuration_valid 1$/m);
  });

  it('gives OpenMetrics with an example for each bucket to whoever asks for it, and Prometheus text to others', async () => {
    metrics.observe('acr_helper_namespace_ready_seconds', 0.2, { namespace: 'shop' });
    const open = await fetch(`${server.url}/metrics`, {
      headers: { accept: 'application/openmetrics-text;version=1.0.0' },
    });
    assert.match(open.headers.get('content-type') ?? '', /^application\/openmetrics-text/);
    const text = await open.text();
    assert.match(text, /namespace_ready_seconds_bucket\{le="0.25"\} 1 # \{namespace="shop"\} 0.2 /);
    assert.match(text, /# EOF\n$/);
    assert.doesNotMatch(await (await fetch(`${server.url}/metrics`)).text(), /namespace="shop"/);
  });

  it('forgets the series of deleted things', async () => {
    metrics.set('acr_helper_queue_depth', { queue: 'old', state: 'waiting' }, 1);
    metrics.clear('acr_helper_queue_depth');
    assert.doesNotMatch(await metrics.text(), /queue="old"/);
  });

  it('says nothing of a gauge that no role of this process sets: 0 would be an answer', async () => {
    assert.doesNotMatch(await metrics.text(), /^acr_helper_configuration_valid /m);
    metrics.set('acr_helper_configuration_valid', {}, 1);
    metrics.clear('acr_helper_configuration_valid');
    assert.doesNotMatch(await metrics.text(), /^acr_helper_configuration_valid /m);
  });

  it('serves metrics although a source of them fails', async () => {
    metrics.beforeCollect(() => Promise.reject(new Error('redis is gone')));
    assert.equal((await fetch(`${server.url}/metrics`)).status, 200);
  });

  describe('/api/status', () => {
    let telling: OpsServer;
    let everything: boolean[];

    beforeEach(async () => {
      everything = [];
      const status = (all: boolean): Promise<unknown> => {
        everything.push(all);
        return all ? Promise.reject(new Failure('redis-unreachable', 'redis is gone')) : Promise.resolve({ at: 1 });
      };
      const address = { host: '127.0.0.1', port: 0 };
      telling = await startOpsServer({ address, metrics, alive: () => [], ready: () => [], status });
    });

    afterEach(() => telling.close());

    it('is JSON that nobody keeps', async () => {
      const answer = await fetch(`${telling.url}/api/status`);
      assert.deepEqual([answer.status, await answer.json()], [200, { at: 1 }]);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.deepEqual(everything, [false]);
    });

    it('asks for every namespace when told to, and says why there is no answer', async () => {
      const answer = await fetch(`${telling.url}/api/status?namespaces=all`);
      const body = (await answer.json()) as { error: { code: string; message: string } };
      assert.deepEqual(
        [answer.status, body.error.code, body.error.message],
        [503, 'redis-unreachable', 'redis is gone'],
      );
      assert.deepEqual(everything, [true]);
    });
  });

  it('says which address is in use', async () => {
    const { port } = new URL(server.url);
    await assert.rejects(
      startOpsServer({ address: { host: '127.0.0.1', port: Number(port) }, metrics, alive: () => [], ready: () => [] }),
      { code: 'address-in-use', message: `--ops-address 127.0.0.1:${port} is in use` },
    );
  });
});
