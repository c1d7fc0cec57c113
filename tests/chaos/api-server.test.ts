import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper, tokenCalls } from '../fixtures/credential-journey.ts';
import { ExpectedCluster, fetchedTwice, type ExpectedWrites } from '../fixtures/expected-cluster.ts';
import { startFaultProxy, type FaultProxy } from '../fixtures/fault-proxy.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { writesDuring, untilSecretsChange } from '../fixtures/secret-writes.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { kubeconfigText } from '../real-parts/kubeconfig.ts';

/** Renewed every half a minute: every fault meets one. */
const tokenSeconds = 60;
const namespaces = 60;

describe('a helper on a real API server that cannot be reached as it should', function () {
  this.timeout(180_000);
  let controlPlane: ControlPlane;
  let cloud: AlibabaCloudSimulator;
  let proxy: FaultProxy;
  let folder: string;
  let cluster: ExpectedCluster;
  let helper: HelperProcess;

  before(async () => {
    [controlPlane, cloud] = await Promise.all([
      startControlPlane({ audit: true }),
      startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: tokenSeconds }) }),
    ]);
    proxy = await startFaultProxy(Number(new URL(controlPlane.url).port));
    folder = await mkdtemp(join(tmpdir(), 'acr-chaos-'));
    const kubeconfigPath = join(folder, 'kubeconfig');
    const { ca, adminToken } = controlPlane;
    await writeFile(kubeconfigPath, kubeconfigText({ url: `https://127.0.0.1:${proxy.port}`, ca, token: adminToken }), {
      mode: 0o600,
    });
    cluster = new ExpectedCluster(controlPlane.request);
    await cluster.populate(namespaces);
    await new ClusterClient(controlPlane).writeConfigMap({
      'watch-namespace': 'team-*,late-*',
      'service-account': '*',
      'acr-registry-info': registryInfo({ instanceId: demoNames.instanceId, regionId: demoNames.regionId }),
    });
    helper = startHelper({ controlPlane: { kubeconfigPath }, cloud });
    await cluster.untilConverged();
  });

  after(async () => {
    await proxy?.accept();
    await helper?.stop();
    await proxy?.stop();
    await Promise.all([controlPlane?.stop(), cloud?.stop()]);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /**
   * From a converged cluster to a converged cluster, with a fault in between: what had to be written was written once, nothing
   * else was but one Secret per namespace and renewal, and nothing was fetched twice.
   */
  async function survives(fault: () => Promise<ExpectedWrites>): Promise<void> {
    await cluster.untilConverged();
    const fetchedBefore = tokenCalls(cloud);
    let expected: ExpectedWrites = { secretsCreated: 0, attached: 0 };
    const { changes, others } = await writesDuring(controlPlane, async () => {
      expected = await fault();
      await cluster.untilConverged();
    });
    assert.deepEqual(changes, expected);
    // A renewal that was under way when the counting began counts too.
    const renewals = tokenCalls(cloud) - fetchedBefore + 1;
    assert.ok(others <= renewals * cluster.namespaces().length, `${others} in ${renewals} renewals`);
    assert.deepEqual(fetchedTwice(cloud, tokenSeconds / 6), []);
  }

  it('misses nothing while its connections are cut again and again', () =>
    survives(async () => {
      const disturbed = cluster.disturb();
      for (let cut = 0; cut < 20; cut++) {
        proxy.cut();
        await sleep(100);
      }
      return disturbed;
    }));

  it('catches up with what changed while the API server refused connections', () =>
    survives(async () => {
      await proxy.refuse();
      const expected = await cluster.disturb();
      await sleep(5_000);
      await proxy.accept();
      return expected;
    }));

  it('notices that its connections are dead although nobody closed them', () =>
    survives(async () => {
      proxy.freeze();
      return cluster.disturb();
    }));

  it('converges on an API server that takes half a second for every answer', () =>
    survives(async () => {
      proxy.delay(250);
      const expected = await cluster.disturb();
      await cluster.untilConverged();
      proxy.delay(0);
      return expected;
    }));

  it('finishes a renewal in the middle of which the API server stood still for half a minute', () =>
    survives(async () => {
      await untilSecretsChange(controlPlane, 5);
      controlPlane.pause();
      await sleep(30_000);
      controlPlane.resume();
      return cluster.disturb();
    }));

  it('loses no entry that another controller adds to the accounts at the same time', () =>
    survives(async () => {
      const other = new EntryWriter(controlPlane, cluster);
      const names = Array.from({ length: 12 }, (_item, index) => `late-storm-${index}`);
      await Promise.all(
        names.map(async (namespace) => {
          await cluster.addNamespace(namespace);
          await Promise.all(['default', 'web'].map((account) => other.addEntries(namespace, account, 6)));
        }),
      );
      return { secretsCreated: names.length, attached: 2 * names.length };
    }));
});

/** Another controller: adds entries to `imagePullSecrets` by reading the account and writing it back at that version. */
class EntryWriter {
  readonly #request: ControlPlane['request'];
  readonly #cluster: ExpectedCluster;

  constructor({ request }: ControlPlane, cluster: ExpectedCluster) {
    this.#request = request;
    this.#cluster = cluster;
  }

  async addEntries(namespace: string, account: string, count: number): Promise<void> {
    for (let entry = 0; entry < count; entry++) await this.#add(namespace, account, `entry-${entry}`);
  }

  async #add(namespace: string, account: string, entry: string): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}`;
    for (;;) {
      const found = await this.#request({ path });
      // The account `default` comes a moment after its namespace.
      if (found.status === 404) continue;
      const { metadata, imagePullSecrets = [] } = JSON.parse(found.text) as {
        readonly metadata: { readonly resourceVersion: string };
        readonly imagePullSecrets?: readonly { readonly name: string }[];
      };
      const { resourceVersion } = metadata;
      const body = { metadata: { resourceVersion }, imagePullSecrets: [...imagePullSecrets, { name: entry }] };
      const { status } = await this.#request({
        method: 'PATCH',
        path,
        body,
        contentType: 'application/merge-patch+json',
      });
      if (status === 200) return this.#cluster.expectEntry(namespace, account, entry);
      if (status !== 409) throw new Error(`PATCH ${path}: ${status}`);
    }
  }
}
