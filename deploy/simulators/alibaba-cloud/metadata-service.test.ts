import assert from 'node:assert/strict';

import { createStandingClock, type SimulatorClock } from './clock.ts';
import { demoNames } from './demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { callSigned, send, type TestAnswer } from './testing/official-client.ts';
import type { MetadataService } from './world.ts';

describe('ECS metadata service', () => {
  let clock: SimulatorClock;
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    clock = createStandingClock('2026-01-02T03:04:05Z');
    simulator = await startAlibabaCloudSimulator({ clock });
  });
  afterEach(() => simulator.stop());

  const change = (metadata: Partial<MetadataService>): void => {
    simulator.world.update((world) => ({
      ...world,
      cluster: { ...world.cluster, metadata: { ...world.cluster.metadata, ...metadata } },
    }));
  };
  const get = (path: string, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    send(simulator.url, 'GET', path, headers);
  const putToken = (seconds: string): Promise<TestAnswer> =>
    send(simulator.url, 'PUT', '/latest/api/token', { 'x-aliyun-ecs-metadata-token-ttl-seconds': seconds });
  const credentialsPath = `/latest/meta-data/ram/security-credentials/${demoNames.workerRoleName}`;

  it('names region, account and role', async () => {
    const texts = await Promise.all(
      ['region-id', 'owner-account-id', 'ram/security-credentials/'].map(
        async (name) => (await get(`/latest/meta-data/${name}`)).text,
      ),
    );
    assert.deepEqual(texts, ['cn-hangzhou', demoNames.accountId, demoNames.workerRoleName]);
  });

  it('answers at its own address, too', async () => {
    assert.equal((await get('/latest/meta-data/region-id', { host: '100.100.100.200' })).text, 'cn-hangzhou');
  });

  it('gives credentials that sign a call', async () => {
    const { body } = await get(credentialsPath);
    assert.deepEqual([body.Code, body['Expiration']], ['Success', '2026-01-02T09:04:05Z']);
    const answer = await callSigned({
      url: simulator.url,
      host: 'cr-vpc.cn-hangzhou.aliyuncs.com',
      action: 'GetAuthorizationToken',
      version: '2018-12-01',
      at: clock.now(),
      query: { InstanceId: demoNames.instanceId },
      key: {
        id: String(body['AccessKeyId']),
        secret: String(body['AccessKeySecret']),
        securityToken: String(body['SecurityToken']),
      },
    });
    assert.equal(answer.body.Code, 'success');
  });

  it('gives the same credentials until half an hour before they expire', async () => {
    const first = (await get(credentialsPath)).text;
    clock.advance(21_600 - 1801);
    assert.equal((await get(credentialsPath)).text, first);
    clock.advance(1);
    assert.notEqual((await get(credentialsPath)).text, first);
  });

  it('knows no other role than the attached one', async () => {
    assert.equal((await get('/latest/meta-data/ram/security-credentials/other')).status, 404);
  });

  it('has no role list without a role', async () => {
    change({ roleName: undefined });
    assert.equal((await get('/latest/meta-data/ram/security-credentials/')).status, 404);
  });

  it('gives no credentials of a role that ECS may not take on', async () => {
    change({ roleName: 'aliyuncsmanagedacrrole' });
    assert.equal((await get('/latest/meta-data/ram/security-credentials/aliyuncsmanagedacrrole')).status, 404);
  });

  it('answers with a token in hardened mode, and not without', async () => {
    change({ mode: 'v2-only' });
    const headers = { 'x-aliyun-ecs-metadata-token': (await putToken('60')).text };
    assert.equal((await get('/latest/meta-data/region-id', headers)).status, 200);
    assert.equal((await get('/latest/meta-data/region-id')).status, 403);
  });

  it('refuses a token from its last second on', async () => {
    const headers = { 'x-aliyun-ecs-metadata-token': (await putToken('60')).text };
    clock.advance(60);
    assert.equal((await get('/latest/meta-data/region-id', headers)).status, 401);
  });

  it('refuses a token that it never gave', async () => {
    assert.equal((await get('/latest/meta-data/region-id', { 'x-aliyun-ecs-metadata-token': 'x' })).status, 401);
  });

  for (const seconds of ['0', '21601', 'x', '']) {
    it(`gives no token for "${seconds}" seconds`, async () => {
      assert.equal((await putToken(seconds)).status, 400);
    });
  }

  it('has no tokens on an old machine', async () => {
    change({ mode: 'v1-only' });
    assert.equal((await putToken('60')).status, 404);
    assert.equal((await get('/latest/meta-data/region-id')).status, 200);
  });

  it('is not there on a machine that is no ECS instance', async () => {
    change({ mode: 'absent' });
    assert.equal((await putToken('60')).status, 404);
    assert.equal((await get('/latest/meta-data/region-id')).status, 404);
  });

  it('is not to be found at a host of the cloud', async () => {
    const answer = await get('/latest/meta-data/region-id', { host: 'cr.cn-hangzhou.aliyuncs.com' });
    assert.notEqual(answer.status, 200);
  });
});
