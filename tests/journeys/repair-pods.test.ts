import assert from 'node:assert/strict';
import { createApiClient } from '../../common/adapters/kubernetes/requests/api-client.ts';
import { createRequestWindow } from '../../common/adapters/kubernetes/requests/request-window.ts';
import { resolveConnection } from '../../common/adapters/kubernetes/connection/connection.ts';
import { createPodEvictor } from '../../common/adapters/kubernetes/writing/pod-evictor.ts';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { startHelper } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { PodMaker, type PodPlan } from '../fixtures/pod-maker.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const namespace = 'team-pods';
const configuration = {
  'watch-namespace': namespace,
  'service-account': '*',
  'acr-registry-info': JSON.stringify([{ instanceId: demoNames.instanceId, regionId: demoNames.regionId }]),
};

/** Created before the helper comes: none of these can be helped by an eviction, or may be evicted. */
const bystanders: readonly PodPlan[] = [
  { name: 'no-controller', hangs: true },
  { name: 'from-elsewhere', controller: 'elsewhere', image: 'busybox', hangs: true },
  { name: 'its-own-list', controller: 'own-list', pullSecrets: ['its-own'], hangs: true },
  { name: 'opted-out', controller: 'opted-out', annotations: { 'acr-credential-helper/ignore': 'true' }, hangs: true },
  { name: 'only-slow', controller: 'only-slow', hangs: false },
];

describe('repair-pods: pods that were admitted before their account had the reference', function () {
  this.timeout(120_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let pods: PodMaker;
  let cloud: AlibabaCloudSimulator;
  let redis: RedisServer;
  let helpers: readonly HelperProcess[] = [];

  before(async () => {
    [controlPlane, cloud, redis] = await Promise.all([
      startControlPlane({ audit: true }),
      startAlibabaCloudSimulator({ world: createDemoWorld() }),
      startRedis({ password: 'redis-password' }),
    ]);
    cluster = new ClusterClient(controlPlane);
    pods = new PodMaker(controlPlane, namespace, 'demo-registry.cn-hangzhou.cr.aliyuncs.com/team/web:1');
    await cluster.createNamespace(namespace);
    await pods.untilAccount('default');
    await cluster.patchAccount(namespace, 'default', ['theirs']);
    for (const plan of bystanders) await pods.make(plan);
    await pods.make({ name: 'web-1', controller: 'web', hangs: true });
    await pods.make({ name: 'web-2', controller: 'web', hangs: true });
    await pods.make({ name: 'guarded', controller: 'guarded', labels: { guarded: 'yes' }, hangs: true });
    await pods.forbidDisruption('guarded', { guarded: 'yes' });
    await cluster.writeConfigMap(configuration);
    helpers = [[], ['--role', 'writer']].map((more) => startHelper({ controlPlane, cloud, redisUrl: redis.url, more }));
    await cluster.untilServed(namespace, 'default', 60);
  });

  after(async () => {
    await Promise.all(helpers.map((helper) => helper.stop()));
    await Promise.all([controlPlane?.stop(), cloud?.stop(), redis?.stop()]);
  });

  /** What was asked about the pods of the whole cluster. */
  async function callsAboutAllPods(): Promise<readonly string[]> {
    const events = await controlPlane.auditEvents();
    return events.flatMap(({ verb, objectRef }) =>
      objectRef?.resource === 'pods' && objectRef.namespace === undefined ? [verb] : [],
    );
  }

  /** By the helpers, oldest first. */
  async function evictions(): Promise<readonly { readonly name: string; readonly at: number }[]> {
    const events = await controlPlane.auditEvents();
    return events.flatMap(({ objectRef, responseStatus, requestReceivedTimestamp }) =>
      objectRef?.subresource === 'eviction' && responseStatus?.code === 201
        ? [{ name: objectRef.name ?? '', at: Date.parse(requestReceivedTimestamp ?? '') }]
        : [],
    );
  }

  async function readMetrics(helper: HelperProcess): Promise<string> {
    return (await fetch(`${await helper.opsUrl()}/metrics`)).text();
  }

  /** Waits until one of the pods is gone. */
  async function untilGone(...names: readonly string[]): Promise<void> {
    try {
      await waitUntil(`${names.join(' or ')} to be evicted`, 60, async () => {
        const left = await pods.names();
        return names.every((name) => left.includes(name)) ? undefined : true;
      });
    } catch (error) {
      throw new Error(helpers.map((helper) => helper.output()).join('\n\n'), { cause: error });
    }
  }

  it('are neither listed nor watched while it is off', async () => {
    assert.deepEqual(await callsAboutAllPods(), []);
  });

  it('are evicted once it is on, also those that a budget protects, for they are pending', async () => {
    await cluster.writeConfigMap({ ...configuration, 'repair-pods': 'true' });
    await untilGone('web-1', 'web-2');
    await untilGone('guarded');
  });

  it('an Event on the pod says why', async () => {
    const note = await waitUntil('the Event', 60, async () => pods.noteOfEvent('EvictedToPull', 'guarded'));
    assert.match(note, new RegExp(`${secretName}.*ReplicaSet guarded makes a new pod`));
  });

  it('the pod that is made instead has the reference, and is left alone when it hangs all the same', async () => {
    await pods.make({ name: 'guarded-again', controller: 'guarded', hangs: true });
    assert.deepEqual(await pods.pullSecrets('guarded-again'), ['theirs', secretName]);
    await pods.make({ name: 'guarded-by-template', controller: 'guarded', pullSecrets: ['theirs'], hangs: true });
  });

  it('others are left alone', async () => {
    // Pods are looked at in turn: when one that came last was evicted, those before it were looked at.
    await pods.make({ name: 'last', controller: 'last', pullSecrets: ['theirs'], hangs: true });
    await untilGone('last');
    const left = (await pods.names()).filter((name) => !name.startsWith('web-'));
    const expected = [...bystanders.map(({ name }) => name), 'guarded-again', 'guarded-by-template'];
    assert.deepEqual(left, expected.toSorted());
  });

  it('none was evicted twice, and of one controller one in two minutes, although two writers share the work', async () => {
    const evicted = await evictions();
    assert.equal(new Set(evicted.map(({ name }) => name)).size, evicted.length);
    const [first, second] = evicted.filter(({ name }) => name.startsWith('web-')).map(({ at }) => at);
    assert.ok(first !== undefined);
    assert.ok(second === undefined || second - first > 110_000, `${second}`);
    await waitUntil('all to be counted', 20, async () => {
      const metrics = await Promise.all(helpers.map(async (helper) => readMetrics(helper)));
      const counts = metrics.map((text) =>
        Number(/_pods_repaired_total\{outcome="evicted"\} (\d+)/.exec(text)?.[1] ?? 0),
      );
      return counts.reduce((sum, count) => sum + count, 0) === (await evictions()).length ? true : undefined;
    });
  });

  it('a pod that runs meanwhile and that a budget protects is refused as such, and an outdated one too', async () => {
    const client = createApiClient({
      connection: await resolveConnection({ kubeconfigPath: controlPlane.kubeconfigPath }),
      version: '0.0.0-test',
    });
    try {
      const evictor = createPodEvictor({ client, window: createRequestWindow() });
      await pods.make({ name: 'running', controller: 'running', labels: { app: 'running' }, hangs: true });
      await pods.forbidDisruption('running', { app: 'running' });
      const read = async () => (await evictor.readHungPod(namespace, 'running', 'drifted')) ?? assert.fail('no pod');
      const outdated = await read();
      await pods.setPhase('running', 'Running');
      const pod = await read();
      await assert.rejects(evictor.evict(pod, 'drifted'), { code: 'kubernetes-disruption-budget' });
      await pods.allowDisruption('running');
      await assert.rejects(evictor.evict(outdated, 'drifted'), { code: 'kubernetes-conflict' });
      // An attempt that came too late has used up what the budget allowed.
      await pods.allowDisruption('running');
      await evictor.evict(await read(), 'drifted');
      assert.equal(await pods.exists('running'), false);
    } finally {
      await client.close();
    }
  });

  it('are not watched any more when it is off again', async () => {
    await cluster.writeConfigMap(configuration);
    await waitUntil('the watch to end', 60, async () => {
      const metrics = await Promise.all(helpers.map(async (helper) => readMetrics(helper)));
      return metrics.some((text) => text.includes('acr_helper_watch_interrupted{watch="pods"}')) ? undefined : true;
    });
  });
});
