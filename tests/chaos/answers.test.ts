import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import type { FaultEffect } from '../../deploy/simulators/kubernetes-api/faults.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper, tokenCalls } from '../fixtures/credential-journey.ts';
import { startEmbeddedCluster, type EmbeddedCluster } from '../fixtures/embedded-cluster.ts';
import { ExpectedCluster, fetchedTwice, type ExpectedWrites } from '../fixtures/expected-cluster.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';

const tokenSeconds = 60;
const namespaces = 60;

describe('a helper on an API server that gives the wrong answers', function () {
  this.timeout(150_000);
  let api: EmbeddedCluster;
  let cloud: AlibabaCloudSimulator;
  let cluster: ExpectedCluster;
  let helper: HelperProcess;

  before(async () => {
    [api, cloud] = await Promise.all([
      startEmbeddedCluster(),
      startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: tokenSeconds }) }),
    ]);
    cluster = new ExpectedCluster(api.request);
    await cluster.populate(namespaces);
    await new ClusterClient(api).writeConfigMap({
      'watch-namespace': 'team-*,late-*',
      'service-account': '*',
      'acr-registry-info': registryInfo({ instanceId: demoNames.instanceId, regionId: demoNames.regionId }),
    });
    helper = startHelper({ controlPlane: api, cloud });
    await cluster.untilConverged();
  });

  after(async () => {
    api?.control.clearFaults();
    await helper?.stop();
    await Promise.all([api?.stop(), cloud?.stop()]);
  });

  /** How many requests of the helper about its Secrets and the accounts were answered so. */
  const secrets = (verb: string, code: number): number =>
    api.control.requests.count({ verb, resource: 'secrets', name: secretName, code });
  const accounts = (code: number): number =>
    api.control.requests.count({ verb: 'PATCH', resource: 'serviceaccounts', code });

  /** From a converged cluster to a converged cluster: everything was written once, and nothing was fetched twice. */
  async function survives(fault: () => Promise<ExpectedWrites>): Promise<void> {
    await cluster.untilConverged();
    api.control.requests.reset();
    const fetchedBefore = tokenCalls(cloud);
    const expected = await fault();
    await cluster.untilConverged();
    assert.deepEqual({ secretsCreated: secrets('APPLY', 201), attached: accounts(200) }, expected);
    // A renewal that was under way when the counting began counts too.
    const renewals = tokenCalls(cloud) - fetchedBefore + 1;
    assert.ok(secrets('PATCH', 200) <= renewals * cluster.namespaces().length);
    assert.deepEqual(fetchedTwice(cloud, tokenSeconds / 6), []);
  }

  /** Whatever the helper asks for is answered so, until the faults are cleared. */
  function answer(effect: FaultEffect, verbs: readonly string[] = ['LIST', 'WATCH', 'PATCH', 'APPLY']): void {
    for (const verb of verbs) api.control.fault({ match: { verb }, times: Infinity, effect });
    api.control.cutWatches();
  }

  /** Meanwhile a renewal comes due. */
  async function forTwentySeconds(): Promise<ExpectedWrites> {
    const expected = await cluster.disturb();
    await sleep(20_000);
    api.control.clearFaults();
    return expected;
  }

  it('lists again when what it has seen was forgotten, and misses nothing', () =>
    survives(async () => {
      api.control.fault({ match: { verb: 'WATCH' }, times: 8, effect: { type: 'status', code: 410 } });
      api.control.cutWatches();
      const expected = await cluster.disturb();
      api.control.compact();
      api.control.cutWatches();
      return expected;
    }));

  it('obeys 429 and Retry-After: it asks little meanwhile, and finishes everything afterwards', () =>
    survives(async () => {
      answer({ type: 'status', code: 429, retryAfterSeconds: 1 });
      const expected = await forTwentySeconds();
      const refused = api.control.requests.count({ code: 429 });
      // A window of 16, which shrinks to one request per second; and each of the four watches by itself.
      assert.ok(refused <= 16 + 20 * 2 + 4 * 20, `${refused} requests were refused`);
      return expected;
    }));

  for (const code of [500, 503]) {
    it(`backs off from ${code}, and finishes everything afterwards`, () =>
      survives(async () => {
        answer({ type: 'status', code });
        const expected = await forTwentySeconds();
        const refused = api.control.requests.count({ code });
        assert.ok(refused <= 15 * cluster.namespaces().length, `${refused} requests were refused`);
        return expected;
      }));
  }
});
