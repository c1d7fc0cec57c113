import assert from 'node:assert/strict';

import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { inParallel } from '../bench/population.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper } from '../fixtures/credential-journey.ts';
import { startEmbeddedCluster, type EmbeddedCluster } from '../fixtures/embedded-cluster.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const registries = [
  { instanceId: demoNames.instanceId, regionId: demoNames.regionId },
  { instanceId: demoNames.otherRegionInstanceId, regionId: demoNames.otherRegionId },
] as const;

/**
 * Those that are being handled may end (64 namespaces with two writes each), the window is full (16), and others go on while the
 * events of namespace and account travel. Behind the fan-out it would be thousands.
 */
const mostAhead = 300;

for (const [mode, namespaces] of [
  ['standalone', 10_000],
  ['over Redis', 2_000],
] as const) {
  describe(`namespaces that appear while ${namespaces} others are being written, ${mode}`, function () {
    this.timeout(240_000);
    let api: EmbeddedCluster;
    let client: ClusterClient;
    let cloud: AlibabaCloudSimulator;
    let redis: RedisServer | undefined;
    let helper: HelperProcess;

    before(async () => {
      [api, cloud] = await Promise.all([
        startEmbeddedCluster(),
        startAlibabaCloudSimulator({ world: createDemoWorld() }),
      ]);
      if (mode === 'over Redis') redis = await startRedis({ password: 'redis-password' });
      client = new ClusterClient(api);
      const names = Array.from({ length: namespaces }, (_item, index) => `team-${index}`);
      await inParallel(names, 32, (name) => client.createNamespace(name));
      await writeConfigMap(1);
    });

    after(async () => {
      await helper?.stop();
      await Promise.all([api?.stop(), cloud?.stop(), redis?.stop()]);
    });

    const writeConfigMap = (count: number): Promise<void> =>
      client.writeConfigMap({
        'watch-namespace': 'team-*,new-*',
        'service-account': '*',
        'acr-registry-info': registryInfo(...registries.slice(0, count)),
      });
    const written = (verb: string): number => api.control.requests.count({ verb, resource: 'secrets' });
    const untilWritten = (verb: string, count: number): Promise<unknown> =>
      waitUntil(`${count} × ${verb}`, 200, async () => (written(verb) >= count ? true : undefined));

    /** How many writes for others came between the creation of some namespaces and the last write for these. */
    async function writesAheadOf(prefix: string): Promise<number> {
      const names = new Set(Array.from({ length: 20 }, (_item, index) => `${prefix}-${index}`));
      const last = api.control.requests.recent().at(-1);
      await Promise.all([...names].map((name) => client.createNamespace(name)));
      const log = await waitUntil(`${prefix}-… to be served`, 60, async () => {
        const found = api.control.requests.recent({ resource: 'serviceaccounts', verb: 'PATCH', code: 200 });
        return found.filter(({ namespace }) => names.has(namespace)).length === names.size
          ? api.control.requests.recent()
          : undefined;
      });
      const created = log.findIndex((request) => request === last);
      const served = log.findLastIndex(({ verb, namespace }) => verb === 'PATCH' && names.has(namespace));
      assert.ok(created >= 0 && served > created);
      return log
        .slice(created, served)
        .filter(({ verb, namespace }) => !names.has(namespace) && ['APPLY', 'PATCH'].includes(verb)).length;
    }

    it('are served before the others of a first start', async () => {
      helper = startHelper({ controlPlane: api, cloud, redisUrl: redis?.url });
      await untilWritten('APPLY', namespaces / 20);
      const ahead = await writesAheadOf('new-1');
      assert.ok(written('APPLY') < namespaces, 'the fan-out should still be going on');
      assert.ok(ahead <= mostAhead, `${ahead} writes were made first`);
      await untilWritten('APPLY', namespaces + 20);
    });

    it('are served before the others of a renewal', async () => {
      await writeConfigMap(2);
      await untilWritten('PATCH', namespaces / 20);
      const ahead = await writesAheadOf('new-2');
      assert.ok(written('PATCH') < namespaces, 'the fan-out should still be going on');
      assert.ok(ahead <= mostAhead, `${ahead} writes were made first`);
    });
  });
}
