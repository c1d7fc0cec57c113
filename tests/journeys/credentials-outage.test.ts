import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { passwordsOf, registryInfo, startHelper, untilLogged } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const tokenSeconds = 30;
const goodHost = 'demo-registry.cn-hangzhou.cr.aliyuncs.com';

describe('nobody is left with an expired token while a valid one could be had', function () {
  this.timeout(90_000);
  let controlPlane: ControlPlane;
  let redis: RedisServer;
  let standalone: Stage;
  let distributed: Stage;

  before(async () => {
    [controlPlane, redis] = await Promise.all([startControlPlane(), startRedis({ password: 'redis-password' })]);
    [standalone, distributed] = await Promise.all([
      openStage(controlPlane, 'alone', ['watcher,fetcher,writer'], undefined),
      openStage(controlPlane, 'shared', ['watcher', 'fetcher', 'writer'], redis.url),
    ]);
  });

  after(async () => {
    await Promise.all([standalone?.stop(), distributed?.stop()]);
    await Promise.all([controlPlane?.stop(), redis?.stop()]);
  });

  it('a registry that does not exist keeps no other from being written, and the log says which and why', async () => {
    for (const { cluster, namespace, helpers } of [standalone, distributed]) {
      assert.deepEqual(Object.keys(passwordsOf(await cluster.untilServed(namespace))), [goodHost]);
      await untilLogged(fetcherOf(helpers), '"source":"cri-missing00000001","code":"instance-not-found"');
    }
  });

  it('neither when the cloud is away for two thirds of a life, nor when the fetcher is killed in the middle of a renewal', async () => {
    const [cloudAway, fetcherKilled] = await Promise.all([
      expiriesWhile(standalone, () => takeCloudAway(standalone)),
      expiriesWhile(distributed, () => killFetcher(distributed, controlPlane, redis)),
    ]);
    for (const { samples, expired } of [cloudAway, fetcherKilled]) {
      assert.ok(samples > 20);
      assert.equal(expired, 0);
    }
  });

  it('the old token stayed in use for as long as there was no other, with the reason in the log', () => {
    const { helpers } = standalone;
    assert.match(
      fetcherOf(helpers).output(),
      /"source":"cri-demo00000001","code":"(cloud-unreachable|metadata-unavailable)".*"lastGoodUntil":"/,
    );
  });

  it('the cloud saw no call that breaks its rules', () => {
    assert.deepEqual([...standalone.cloud.violations(), ...distributed.cloud.violations()], []);
  });
});

/** A helper of its own, in one process or several, with its own cloud and namespace. */
type Stage = {
  readonly namespace: string;
  readonly cloud: AlibabaCloudSimulator;
  readonly cluster: ClusterClient;
  readonly helpers: Map<string, HelperProcess>;
  readonly stop: () => Promise<void>;
};

async function openStage(
  controlPlane: ControlPlane,
  namespace: string,
  roles: readonly string[],
  redisUrl: string | undefined,
): Promise<Stage> {
  const cloud = await startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: tokenSeconds }) });
  // A machine whose clock is five minutes fast. Only in one process: others do not hear the cloud's time.
  if (redisUrl === undefined) cloud.clock.advance(-300);
  const cluster = new ClusterClient(controlPlane, `pull-${namespace}`);
  await cluster.createNamespace(`config-${namespace}`);
  await cluster.createNamespace(namespace);
  await cluster.writeConfigMap(
    {
      'watch-namespace': namespace,
      'acr-registry-info': registryInfo(
        { instanceId: demoNames.instanceId, regionId: demoNames.regionId, domains: goodHost },
        {
          instanceId: 'cri-missing00000001',
          regionId: demoNames.otherRegionId,
          domains: 'missing-registry.cn-shanghai.cr.aliyuncs.com',
        },
      ),
    },
    `config-${namespace}`,
  );
  const helpers = new Map(
    roles.map((role) => [role, startRole(role, { namespace, cloud }, controlPlane, redisUrl)] as const),
  );
  return {
    namespace,
    cloud,
    cluster,
    helpers,
    stop: async () => {
      await Promise.all([...helpers.values()].map((helper) => helper.stop()));
      await cloud.stop();
    },
  };
}

function startRole(
  role: string,
  { namespace, cloud }: Pick<Stage, 'namespace' | 'cloud'>,
  controlPlane: ControlPlane,
  redisUrl: string | undefined,
): HelperProcess {
  const more = ['--config-map', `config-${namespace}/acr-configuration`, '--secret-name', `pull-${namespace}`];
  return startHelper({ controlPlane, cloud, redisUrl, more: [...more, '--role', role] });
}

function fetcherOf(helpers: ReadonlyMap<string, HelperProcess>): HelperProcess {
  const [fetcher] = [...helpers].filter(([role]) => role.includes('fetcher')).map(([, helper]) => helper);
  assert.ok(fetcher !== undefined);
  return fetcher;
}

/** Looks at the Secret ten times a second, and counts how often its token has expired. */
async function expiriesWhile(
  { cloud, cluster, namespace }: Stage,
  work: () => Promise<void>,
): Promise<{ readonly samples: number; readonly expired: number }> {
  const watch = { samples: 0, expired: 0, over: false };
  const looking = (async () => {
    while (!watch.over) {
      const expiresAt = await cluster.expiresAt(namespace);
      watch.samples++;
      if (expiresAt === undefined || expiresAt <= cloud.clock.now()) watch.expired++;
      await sleep(100);
    }
  })();
  await work();
  watch.over = true;
  await looking;
  return watch;
}

/** From a fetch on nothing answers, not even the metadata service; then the token must be renewed in what is left of its life. */
async function takeCloudAway(stage: Stage): Promise<void> {
  const { cloud } = stage;
  const old = await stage.cluster.dockerConfig(stage.namespace);
  cloud.faults.add({ match: {}, effect: { kind: 'reset' } });
  await sleep((tokenSeconds * 2000) / 3);
  assert.equal(await stage.cluster.dockerConfig(stage.namespace), old);
  cloud.faults.clear();
  await untilRenewed(stage, old, tokenSeconds / 3);
}

/** The answer comes slowly, drop by drop, so that the fetcher is killed while it waits for it. */
async function killFetcher(stage: Stage, controlPlane: ControlPlane, redis: RedisServer): Promise<void> {
  const { cloud, helpers } = stage;
  const old = await stage.cluster.dockerConfig(stage.namespace);
  cloud.faults.add({
    match: { action: 'GetAuthorizationToken', region: demoNames.regionId },
    effect: { kind: 'slow-body', milliseconds: 20_000 },
  });
  const asked = cloud.calls.count({ instanceId: demoNames.instanceId });
  await waitUntil('a renewal to begin', tokenSeconds, async () =>
    cloud.calls.count({ instanceId: demoNames.instanceId }) > asked ? true : undefined,
  );
  const fetcher = fetcherOf(helpers);
  fetcher.kill();
  await fetcher.ended;
  cloud.faults.clear();
  helpers.set('fetcher', startRole('fetcher', stage, controlPlane, redis.url));
  await untilRenewed(stage, old, tokenSeconds / 2);
}

async function untilRenewed({ cluster, namespace }: Stage, old: string | undefined, seconds: number): Promise<void> {
  await waitUntil(`the token in ${namespace} to be renewed`, seconds, async () =>
    (await cluster.dockerConfig(namespace)) === old ? undefined : true,
  );
}
