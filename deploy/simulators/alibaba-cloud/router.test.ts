import assert from 'node:assert/strict';

import { createDemoWorld, demoNames } from './demo-world.ts';
import { findCloudHost, isReachable } from './hosts.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { callSigned, send, type TestAnswer } from './testing/official-client.ts';

describe('router', () => {
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    simulator = await startAlibabaCloudSimulator();
  });
  afterEach(() => simulator.stop());

  const getToken = (host: string): Promise<TestAnswer> =>
    callSigned({
      url: simulator.url,
      host,
      action: 'GetAuthorizationToken',
      version: '2018-12-01',
      key: demoNames.pullerKey,
      query: { InstanceId: demoNames.instanceId },
    });

  it('serves the host of a private cloud that the world names', async () => {
    simulator.world.update((world) => ({
      ...world,
      privateHosts: [{ host: 'cr.cloud.example.com', product: 'cr', region: 'cn-hangzhou' }],
    }));
    assert.equal((await getToken('cr.cloud.example.com')).body.Code, 'success');
  });

  for (const host of ['cr.cn-nowhere.aliyuncs.com', 'evil.example.com', 'sts.cn-hangzhou-finance.aliyuncs.com']) {
    it(`refuses a signed request to ${host} and records that it went astray`, async () => {
      assert.equal((await getToken(host)).status, 421);
      assert.deepEqual(
        simulator.violations().map(({ rule }) => rule),
        [`a request to a host outside the cloud: ${host}`],
      );
    });
  }

  it('records the secret of a key in a URL as a violation', async () => {
    await send(simulator.url, 'GET', `/latest/meta-data/region-id?x=${demoNames.pullerKey.secret}`);
    assert.deepEqual(
      simulator.violations().map(({ rule }) => rule),
      ['a secret in the URL, in parameter x'],
    );
  });

  it('refuses a body that is too large', async () => {
    const answer = await send(simulator.url, 'POST', '/', {}, 'x'.repeat(300_000));
    assert.equal(answer.status, 413);
  });

  it('refuses a query that is not percent-encoded', async () => {
    assert.equal((await send(simulator.url, 'GET', '/?a=%zz')).body.Code, 'InvalidParameter');
  });
});

describe('hosts', () => {
  const world = createDemoWorld();

  it('are known by product, network and region', () => {
    assert.deepEqual(findCloudHost(world, 'CR-VPC.cn-shanghai.aliyuncs.com:443'), {
      host: 'cr-vpc.cn-shanghai.aliyuncs.com',
      product: 'cr',
      region: 'cn-shanghai',
      network: 'vpc',
    });
  });

  it('are not known by a suffix or prefix that is not theirs', () => {
    const hosts = ['cr.cn-hangzhou.aliyuncs.com.example.com', 'xcr.cn-hangzhou.aliyuncs.com', 'cr.aliyuncs.com'];
    assert.deepEqual(
      hosts.map((host) => findCloudHost(world, host)),
      [undefined, undefined, undefined],
    );
  });

  it('of a VPC are reached from their own region and from those that the world adds', () => {
    const shanghai = findCloudHost(world, 'cr-vpc.cn-shanghai.aliyuncs.com');
    assert.ok(shanghai !== undefined);
    const cluster = { ...world.cluster, reachableVpcRegions: ['cn-shanghai'] };
    assert.deepEqual([isReachable(world, shanghai), isReachable({ ...world, cluster }, shanghai)], [false, true]);
  });
});
