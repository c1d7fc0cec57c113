import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { startHelperProcess, type HelperProcess } from '../fixtures/helper-process.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { countRequests, parseRequestTotals, requestsBetween, type RequestTotal } from '../real-parts/request-totals.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const namespaces = Array.from({ length: 12 }, (_item, index) => `team-${index}`);
const accounts = ['default', 'web', 'worker'];
const tokenSeconds = 40;
const registries = [
  `- instanceId: ${demoNames.instanceId}\n  regionId: ${demoNames.regionId}\n`,
  `- instanceId: ${demoNames.otherRegionInstanceId}\n  regionId: ${demoNames.otherRegionId}\n`,
].join('');

for (const mode of ['standalone', 'over Redis'] as const) {
  describe(`what is written to the cluster, ${mode}, by the API server’s own count`, function () {
    this.timeout(120_000);
    let controlPlane: ControlPlane;
    let cluster: ClusterClient;
    let cloud: AlibabaCloudSimulator;
    let redis: RedisServer | undefined;
    let helper: HelperProcess;

    before(async () => {
      [controlPlane, cloud] = await Promise.all([
        startControlPlane(),
        startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: tokenSeconds }) }),
      ]);
      if (mode === 'over Redis') redis = await startRedis({ password: 'redis-password' });
      cluster = new ClusterClient(controlPlane);
      for (const namespace of namespaces) {
        await cluster.createNamespace(namespace);
        for (const account of accounts.slice(1))
          await cluster.createAccount(namespace, account, ['registry-of-another-team']);
      }
      await cluster.writeConfigMap({
        'watch-namespace': 'team-*',
        'service-account': '*',
        'acr-registry-info': registries,
      });
    });

    after(async () => {
      await helper?.stop();
      await Promise.all([controlPlane?.stop(), cloud?.stop(), redis?.stop()]);
    });

    function start(): HelperProcess {
      const args = [
        '--kubeconfig',
        controlPlane.kubeconfigPath,
        '--openapi-endpoint',
        cloud.url,
        '--ops-address',
        '127.0.0.1:0',
      ];
      if (redis !== undefined) args.push('--redis-url', redis.url);
      return startHelperProcess(args, { ALIBABA_CLOUD_IMDS_ENDPOINT: cloud.url });
    }

    async function countDuring(work: () => Promise<void>): Promise<readonly RequestTotal[]> {
      const before = parseRequestTotals(await controlPlane.metrics());
      await work();
      return requestsBetween(before, parseRequestTotals(await controlPlane.metrics()));
    }

    /** The totals also hold what the test itself asks for: it reads by `kube-system` paths only while something is counted. */
    async function untilWritten(action: string, count: number): Promise<void> {
      const ops = await helper.opsUrl();
      await waitUntil(`${count} × ${action}`, 30, async () => {
        const text = await (await fetch(`${ops}/metrics`)).text();
        const written = Number(
          new RegExp(`^acr_helper_writes_total\\{action="${action}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0,
        );
        return written >= count ? true : undefined;
      });
    }

    it('a first start costs one Secret per namespace, one patch per account, and paged lists', async () => {
      const requests = await countDuring(async () => {
        helper = start();
        await untilWritten('attach', namespaces.length * accounts.length);
      });
      assert.deepEqual(
        {
          secretsApplied: countRequests(requests, { verb: 'APPLY', resource: 'secrets' }),
          secretsPatched: countRequests(requests, { verb: 'PATCH', resource: 'secrets' }),
          accountsPatched: countRequests(requests, { verb: 'PATCH', resource: 'serviceaccounts' }),
          conflicts: countRequests(requests, { code: 409 }) + countRequests(requests, { code: 422 }),
          secretsRead: countRequests(requests, { verb: 'GET', resource: 'secrets' }),
        },
        {
          secretsApplied: namespaces.length,
          secretsPatched: 0,
          accountsPatched: namespaces.length * accounts.length,
          conflicts: 0,
          secretsRead: 0,
        },
      );
    });

    it('the configuration is kept in the cluster a few seconds later', async () => {
      await waitUntil('the last good configuration', 20, async () => {
        const path = '/api/v1/namespaces/kube-system/secrets/acr-credential-helper-last-good';
        return (await controlPlane.request({ path })).status === 200 ? true : undefined;
      });
    });

    it('entries of others keep their place', async () => {
      assert.deepEqual(await cluster.pullSecrets('team-3', 'web'), ['registry-of-another-team', secretName]);
    });

    it('nothing is written while nothing changes', async () => {
      const requests = await countDuring(() => sleep(3000));
      assert.equal(
        countRequests(requests, { resource: 'secrets', verb: 'PATCH' }) +
          countRequests(requests, { resource: 'secrets', verb: 'APPLY' }),
        0,
      );
      assert.equal(countRequests(requests, { resource: 'serviceaccounts', verb: 'PATCH' }), 0);
    });

    it('a renewal of two registries costs one patch per namespace and no read', async () => {
      const requests = await countDuring(() => untilWritten('rewrite-secret', namespaces.length));
      assert.deepEqual(
        {
          secretsPatched: countRequests(requests, { verb: 'PATCH', resource: 'secrets' }),
          secretsApplied: countRequests(requests, { verb: 'APPLY', resource: 'secrets' }),
          secretsRead: countRequests(requests, { verb: 'GET', resource: 'secrets' }),
          accountsPatched: countRequests(requests, { verb: 'PATCH', resource: 'serviceaccounts' }),
        },
        { secretsPatched: namespaces.length, secretsApplied: 0, secretsRead: 0, accountsPatched: 0 },
      );
    });

    it('a deleted Secret comes back', async () => {
      await cluster.deleteSecret('team-1');
      await waitUntil('the Secret to come back', 20, () => cluster.dockerConfig('team-1'));
    });

    it('a removed reference comes back, behind what was put in its place', async () => {
      await cluster.patchAccount('team-2', 'web', ['another-one']);
      await waitUntil('the reference to come back', 20, async () =>
        (await cluster.pullSecrets('team-2', 'web')).length === 2 ? true : undefined,
      );
      assert.deepEqual(await cluster.pullSecrets('team-2', 'web'), ['another-one', secretName]);
    });

    it('a broken configuration changes nothing', async () => {
      await cluster.writeConfigMap({
        'watch-namespace': 'team-*',
        'acr-registry-info': '- instanceId: [',
        'service-account': '*',
      });
      await waitUntil('the refusal', 20, async () =>
        helper.output().includes('configuration refused') ? true : undefined,
      );
      await cluster.createNamespace('team-new');
      await cluster.untilServed('team-new');
      assert.ok(await cluster.dockerConfig('team-5'));
    });

    it('the last good configuration stays in force over a restart', async () => {
      await helper.stop();
      await redis?.flush();
      helper = start();
      await cluster.createNamespace('team-newer');
      await cluster.untilServed('team-newer');
    });

    it('a configuration that detaches most of the cluster waits until it is confirmed', async () => {
      const small = { 'watch-namespace': 'team-0', 'acr-registry-info': registries, 'service-account': '*' };
      await cluster.writeConfigMap(small);
      const hash = await waitUntil('the Event', 20, async () => {
        const { text } = await controlPlane.request({ path: '/apis/events.k8s.io/v1/namespaces/kube-system/events' });
        return /acr-credential-helper\/confirm: ([0-9a-f]{16})/.exec(text)?.[1];
      });
      assert.deepEqual(await cluster.pullSecrets('team-5', 'default'), [secretName]);
      await cluster.writeConfigMap(small, 'kube-system', { 'acr-credential-helper/confirm': hash });
      // Accounts are detached side by side: neither is first.
      await waitUntil('the detachment of both accounts', 20, async () => {
        const names = ['default', 'web'];
        const lists = await Promise.all(names.map((account) => cluster.pullSecrets('team-5', account)));
        return lists.flat().includes(secretName) ? undefined : true;
      });
      assert.deepEqual(await cluster.pullSecrets('team-5', 'default'), []);
      assert.deepEqual(await cluster.pullSecrets('team-5', 'web'), ['registry-of-another-team']);
      await waitUntil('the Secret to go', 20, async () =>
        (await cluster.dockerConfig('team-5')) === undefined ? true : undefined,
      );
      assert.deepEqual(await cluster.pullSecrets('team-0', 'default'), [secretName]);
    });
  });
}
