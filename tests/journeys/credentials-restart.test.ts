import assert from 'node:assert/strict';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import {
  oneNamespace,
  registryInfo,
  startHelper,
  tokenCalls,
  untilLogged,
  writesDuring,
} from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const namespaces = Array.from({ length: 6 }, (_item, index) => `team-${index}`);

for (const mode of ['standalone', 'over Redis'] as const) {
  describe(`a restart costs nothing, ${mode}`, function () {
    this.timeout(60_000);
    let controlPlane: ControlPlane;
    let cluster: ClusterClient;
    let cloud: AlibabaCloudSimulator;
    let redis: RedisServer | undefined;
    let helper: HelperProcess;
    let served = 0;

    before(async () => {
      [controlPlane, cloud] = await Promise.all([
        startControlPlane(),
        startAlibabaCloudSimulator({ world: createDemoWorld() }),
      ]);
      if (mode === 'over Redis') redis = await startRedis({ password: 'redis-password' });
      cluster = new ClusterClient(controlPlane);
      await cluster.createSecret('kube-system', 'other-registry', {
        '.dockerconfigjson': '{"auths":{"registry.example.com":{"auth":"dTpw"}}}',
      });
      for (const namespace of namespaces) await cluster.createNamespace(namespace);
      await cluster.writeConfigMap({
        'watch-namespace': 'team-*',
        'acr-registry-info': registryInfo(
          { instanceId: demoNames.instanceId, regionId: demoNames.regionId },
          {
            instanceId: demoNames.otherRegionInstanceId,
            regionId: demoNames.otherRegionId,
            domains: 'demo-registry.cn-shanghai.cr.aliyuncs.com',
          },
          { instanceId: '' },
          { pullSecretRef: 'other-registry' },
        ),
      });
      start();
      for (const namespace of namespaces) await cluster.untilServed(namespace);
      // A stop keeps the configuration in the cluster, once.
      await helper.stop();
      start();
      await untilBack();
    });

    after(async () => {
      await helper?.stop();
      await Promise.all([controlPlane?.stop(), cloud?.stop(), redis?.stop()]);
    });

    /** Everything was observed and every credential is there again; a mirrored docker config is read anew each time. */
    async function untilBack(rounds = 1): Promise<void> {
      await untilLogged(helper, 'cluster observed', rounds);
      await untilLogged(helper, '"source":"Secret other-registry"', rounds);
    }

    function start(): void {
      helper = startHelper({ controlPlane, cloud, redisUrl: redis?.url });
    }

    /** That a namespace made now is served shows that everything before it is done. */
    async function serveOneMore(): Promise<string> {
      const namespace = `team-new-${served++}`;
      await cluster.createNamespace(namespace);
      return cluster.untilServed(namespace);
    }

    /** Nothing is asked of the cloud and nothing written, but for the one namespace that is new. */
    async function assertCostsNothing(interruption: () => Promise<void>): Promise<void> {
      const calls = tokenCalls(cloud);
      const before = await cluster.dockerConfig('team-0');
      const writes = await writesDuring(controlPlane, async () => {
        await interruption();
        assert.ok((await serveOneMore()) === before, 'the new namespace has another content');
      });
      assert.deepEqual(
        { ...writes, tokens: tokenCalls(cloud) - calls },
        { ...oneNamespace, tokens: 0 },
        helper.output().slice(-5000),
      );
    }

    it('asks for one token per registry and gives every namespace all registries', async () => {
      assert.equal(tokenCalls(cloud), 3);
      const hosts = Object.keys(
        (JSON.parse((await cluster.dockerConfig('team-0')) ?? '{}') as { auths: object }).auths,
      );
      assert.ok(hosts.includes('registry.example.com') && hosts.includes('registry.cn-hangzhou.aliyuncs.com'));
    });

    it('stopped and started, it fetches nothing that is fresh, writes nothing, and serves a new namespace', async () => {
      await assertCostsNothing(async () => {
        await helper.stop();
        start();
        await untilBack();
      });
    });

    it('killed and started, it does the same', async () => {
      await assertCostsNothing(async () => {
        helper.kill();
        await helper.ended;
        start();
        await untilBack();
      });
    });

    if (mode === 'standalone') return;

    it('when Redis is emptied it observes everything anew, fetches nothing and writes nothing', async () => {
      await assertCostsNothing(async () => {
        await redis?.flush();
        await untilBack(2);
      });
    });

    it('what somebody deleted while Redis was empty comes back', async () => {
      await redis?.flush();
      await cluster.deleteSecret('team-1');
      const whole = await cluster.dockerConfig('team-0');
      await waitUntil('the Secret to be as before', 20, async () =>
        (await cluster.dockerConfig('team-1')) === whole ? true : undefined,
      );
    });

    it('emptied again and again while it observes anew, Redis is filled again', async () => {
      for (const pauseMilliseconds of [100, 400, 900, 300, 1100, 600, 250, 800]) {
        await redis?.flush();
        await new Promise((resolve) => {
          setTimeout(resolve, pauseMilliseconds);
        });
      }
      await serveOneMore();
    });
  });
}
