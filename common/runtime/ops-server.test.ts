import assert from 'node:assert/strict';
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

  it('says which address is in use', async () => {
    const { port } = new URL(server.url);
    await assert.rejects(
      startOpsServer({ address: { host: '127.0.0.1', port: Number(port) }, metrics, alive: () => [], ready: () => [] }),
      { code: 'address-in-use', message: `--ops-address 127.0.0.1:${port} is in use` },
    );
  });
});
