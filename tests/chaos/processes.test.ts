import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper, tokenCalls } from '../fixtures/credential-journey.ts';
import { ExpectedCluster, fetchedTwice, type ExpectedWrites } from '../fixtures/expected-cluster.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { writesDuring, untilSecretsChange } from '../fixtures/secret-writes.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';

const tokenSeconds = 60;
const namespaces = 60;
type Role = 'watcher' | 'fetcher' | 'writer';
type Helper = { readonly role: Role; readonly process: HelperProcess };

const roles = ['watcher', 'watcher', 'fetcher', 'writer', 'writer'] as const satisfies readonly Role[];

describe('several processes on one Redis', function () {
  this.timeout(180_000);
  let controlPlane: ControlPlane;
  let cloud: AlibabaCloudSimulator;
  let redis: RedisServer;
  let cluster: ExpectedCluster;
  let helpers: Helper[];

  const start = (role: Role): Helper => ({
    role,
    process: startHelper({ controlPlane, cloud, redisUrl: redis.url, more: ['--role', role] }),
  });

  const configure = (watchNamespace: string): Promise<void> =>
    new ClusterClient(controlPlane).writeConfigMap({
      'watch-namespace': watchNamespace,
      'service-account': '*',
      'acr-registry-info': registryInfo({ instanceId: demoNames.instanceId, regionId: demoNames.regionId }),
    });

  before(async () => {
    [controlPlane, cloud, redis] = await Promise.all([
      startControlPlane({ audit: true }),
      startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: tokenSeconds }) }),
      startRedis({ password: 'redis-password' }),
    ]);
    cluster = new ExpectedCluster(controlPlane.request);
    await cluster.populate(namespaces);
    await configure('team-*,late-*');
    helpers = roles.map(start);
    await cluster.untilConverged();
  });

  after(async () => {
    for (const { process } of helpers ?? []) process.kill();
    await Promise.all((helpers ?? []).map(({ process }) => process.ended));
    await Promise.all([controlPlane?.stop(), cloud?.stop(), redis?.stop()]);
  });

  /** From a converged cluster to a converged cluster. Answers with what was fetched twice. */
  async function survives(fault: () => Promise<ExpectedWrites>): Promise<readonly string[]> {
    await cluster.untilConverged();
    const fetchedBefore = tokenCalls(cloud);
    const twiceBefore = fetchedTwice(cloud, tokenSeconds / 6).length;
    let expected: ExpectedWrites = { secretsCreated: 0, attached: 0 };
    const { changes, others } = await writesDuring(controlPlane, async () => {
      expected = await fault();
      await cluster.untilConverged();
    });
    assert.deepEqual(changes, expected);
    // A renewal that was under way when the counting began counts too.
    const renewals = tokenCalls(cloud) - fetchedBefore + 1;
    assert.ok(others <= renewals * cluster.namespaces().length, `${others} in ${renewals} renewals`);
    return fetchedTwice(cloud, tokenSeconds / 6).slice(twiceBefore);
  }

  /** Kills one after the other, first each once, and starts another of its role at once. Resolves with the killed roles. */
  async function killForAWhile(kills: number): Promise<readonly string[]> {
    const killed: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const index = kill < roles.length ? kill : Math.floor(Math.random() * roles.length);
      const role = roles[index] ?? 'writer';
      helpers[index]?.process.kill();
      await helpers[index]?.process.ended;
      helpers[index] = start(role);
      killed.push(role);
      await sleep(Math.random() * 2_000);
    }
    return killed;
  }

  it('finish what others began who were killed in the middle of it', async () => {
    let killed: readonly string[] = [];
    const twice = await survives(async () => {
      const kills = killForAWhile(20);
      const disturbances: ExpectedWrites[] = [];
      for (let count = 0; count < 4; count++) {
        disturbances.push(await cluster.disturb());
        await sleep(4_000);
      }
      killed = await kills;
      return sum(disturbances);
    });
    // What a fetcher had in its hands when it was killed is lost; nothing else is fetched again.
    const fetchers = killed.filter((role) => role === 'fetcher').length;
    assert.ok(twice.length <= fetchers, `${twice.join(', ')}, killed: ${killed.join(', ')}`);
  });

  it('lose nothing with a Redis that is emptied, and then killed, in the middle of a renewal', async () => {
    const twice = await survives(async () => {
      await untilSecretsChange(controlPlane, 5);
      await redis.flush();
      const first = await cluster.disturb();
      await cluster.untilConverged();
      await untilSecretsChange(controlPlane, 5);
      await redis.restart();
      return sum([first, await cluster.disturb()]);
    });
    assert.deepEqual(twice, []);
  });

  it('lose nothing and do nothing twice when watchers and writers become one, three and one again in the middle of the work', async () => {
    const twice = await survives(async () => {
      const disturbances = [await cluster.disturb()];
      await stopOldest(1);
      await untilSecretsChange(controlPlane, 5);
      helpers.push(...(['watcher', 'writer', 'watcher', 'writer'] as const).map(start));
      disturbances.push(await cluster.disturb(), await cluster.addNamespace('joined-0'));
      await configure('team-*,late-*,joined-*');
      await cluster.untilConverged();
      await cluster.remove({ namespace: 'team-0', name: 'web' }, 'joined-0');
      disturbances.push(await cluster.disturb());
      await untilSecretsChange(controlPlane, 5);
      // What they alone did so far passes on to those who came last.
      const stopped = stopOldest(2);
      disturbances.push(await cluster.disturb());
      await stopped;
      return sum(disturbances);
    });
    assert.deepEqual(twice, []);
  });

  /** As a Deployment does that is scaled down: they are asked to end, and given the time to finish. */
  async function stopOldest(count: number): Promise<void> {
    const leaving = (['watcher', 'writer'] as const).flatMap((wanted) =>
      helpers.filter(({ role }) => role === wanted).slice(0, count),
    );
    helpers = helpers.filter((helper) => !leaving.includes(helper));
    await Promise.all(leaving.map(({ process }) => process.stop()));
    const exits = await Promise.all(leaving.map(({ process }) => process.ended));
    assert.deepEqual([...new Set(exits)], [0]);
  }
});

function sum(writes: readonly ExpectedWrites[]): ExpectedWrites {
  return {
    secretsCreated: writes.reduce((total, { secretsCreated }) => total + secretsCreated, 0),
    attached: writes.reduce((total, { attached }) => total + attached, 0),
  };
}
