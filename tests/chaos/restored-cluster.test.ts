import assert from 'node:assert/strict';

import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper, tokenCalls } from '../fixtures/credential-journey.ts';
import { ExpectedCluster } from '../fixtures/expected-cluster.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const namespaces = 20;
const roles = ['watcher', 'watcher', 'fetcher', 'writer', 'writer'] as const;
const noticed = 'the cluster was restored from a backup';

describe('a cluster whose etcd was restored from a backup', function () {
  this.timeout(180_000);
  let controlPlane: ControlPlane;
  let cloud: AlibabaCloudSimulator;
  let redis: RedisServer;
  let client: ClusterClient;
  let helpers: HelperProcess[] = [];

  before(async () => {
    [controlPlane, cloud, redis] = await Promise.all([
      startControlPlane({ audit: true }),
      startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: 20 }) }),
      startRedis(),
    ]);
    client = new ClusterClient(controlPlane);
    await client.writeConfigMap({
      'watch-namespace': 'team-*,more-*',
      'service-account': '*',
      'acr-registry-info': registryInfo({ instanceId: demoNames.instanceId, regionId: demoNames.regionId }),
    });
  });

  afterEach(async () => {
    await Promise.all(helpers.map((helper) => helper.stop()));
    helpers = [];
  });

  after(async () => Promise.all([controlPlane?.stop(), cloud?.stop(), redis?.stop()]));

  /** What a cluster writes in the time between a backup and the disaster: far more than an API server does when it starts. */
  async function liveOn(): Promise<void> {
    const path = '/api/v1/namespaces/default/configmaps';
    for (let round = 0; round < 50; round++) {
      const names = Array.from({ length: 20 }, (_item, index) => `written-${round}-${index}`);
      await Promise.all(
        names.map((name) => controlPlane.request({ method: 'POST', path, body: { metadata: { name } } })),
      );
    }
  }

  function timesNoticed(): number {
    return helpers.reduce((times, helper) => times + helper.output().split(noticed).length - 1, 0);
  }

  /** Each object is written once, as a rule, and each watcher lists a handful of times. Refusals while the API server starts do not count. */
  async function assertNoStorm(since: number, watchers: number): Promise<void> {
    const counts = new Map<string, number>();
    for (const event of await controlPlane.auditEvents()) {
      const { verb, userAgent, objectRef, requestReceivedTimestamp, responseStatus } = event;
      if (userAgent?.startsWith('acr-credential-helper/') !== true || (responseStatus?.code ?? 500) >= 300) continue;
      if (Date.parse(requestReceivedTimestamp ?? '') < since) continue;
      const what = `${verb} ${objectRef?.resource ?? ''}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    const atMost = (what: string, times: number): void => {
      const count = counts.get(what) ?? 0;
      assert.ok(count <= times, `${count} times ${what} after the restore`);
    };
    atMost('patch secrets', 2 * (namespaces + 1));
    atMost('patch serviceaccounts', 4 * (namespaces + 1));
    for (const resource of ['namespaces', 'serviceaccounts', 'secrets']) atMost(`list ${resource}`, 10 * watchers);
  }

  it('is served again by one process: what the backup brought back is renewed, what came later is served', async () => {
    const cluster = new ExpectedCluster(controlPlane.request);
    await cluster.populate(namespaces);
    helpers = [startHelper({ controlPlane, cloud })];
    await cluster.untilConverged();
    const restore = await controlPlane.backUp();

    cloud.world.update((world) => ({ ...world, registryTokenSeconds: 3600 }));
    await waitUntil('the tokens of the backup to be replaced', 60, async () =>
      ((await client.expiresAt('team-0')) ?? 0) > Date.now() + 600_000 ? true : undefined,
    );
    await client.createNamespace('team-lost');
    await client.untilServed('team-lost');
    await client.deleteSecret('team-1');
    await cluster.untilConverged();
    await liveOn();
    const fetched = tokenCalls(cloud);

    const restoredAt = Date.now();
    await restore();
    await cluster.addNamespace('team-after');
    await cluster.untilConverged();

    const seconds = ((await client.expiresAt('team-0')) ?? 0) - Date.now();
    assert.ok(seconds > 600_000, 'the Secrets hold the tokens of the backup, which expire');
    assert.equal(await client.dockerConfig('team-lost'), undefined);
    assert.equal(tokenCalls(cloud), fetched, 'tokens were fetched although those that were there last');
    assert.equal(timesNoticed(), 1);
    await assertNoStorm(restoredAt, 1);
  });

  it('is served again by processes that share a Redis: what the backup lacks is written once more', async () => {
    const cluster = new ExpectedCluster(controlPlane.request);
    for (let index = 0; index < namespaces; index++) await cluster.addNamespace(`more-${index}`);
    const restore = await controlPlane.backUp();

    helpers = roles.map((role) => startHelper({ controlPlane, cloud, redisUrl: redis.url, more: ['--role', role] }));
    await cluster.untilConverged();
    await client.createNamespace('more-lost');
    await client.untilServed('more-lost');
    await liveOn();

    const restoredAt = Date.now();
    await restore();
    await cluster.addNamespace('more-after');
    await cluster.untilConverged();

    assert.equal(timesNoticed(), 1);
    await assertNoStorm(restoredAt, roles.filter((role) => role === 'watcher').length);
  });
});
