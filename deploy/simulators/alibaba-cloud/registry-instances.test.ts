import assert from 'node:assert/strict';

import { createStandingClock, type SimulatorClock } from './clock.ts';
import { demoNames } from './demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { callSigned, type SignedCall, type TestAnswer } from './testing/official-client.ts';
import type { RegistryInstance } from './world.ts';

describe('Enterprise Edition', () => {
  let clock: SimulatorClock;
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    clock = createStandingClock('2026-01-02T03:04:05Z');
    simulator = await startAlibabaCloudSimulator({ clock });
  });
  afterEach(() => simulator.stop());

  const call = (action: string, query: Record<string, string>, change: Partial<SignedCall> = {}): Promise<TestAnswer> =>
    callSigned({
      url: simulator.url,
      host: 'cr.cn-hangzhou.aliyuncs.com',
      action,
      version: '2018-12-01',
      key: demoNames.pullerKey,
      at: clock.now(),
      query,
      ...change,
    });
  const getToken = (instanceId: string = demoNames.instanceId, change: Partial<SignedCall> = {}): Promise<TestAnswer> =>
    call('GetAuthorizationToken', { InstanceId: instanceId }, change);
  const changeInstance = (change: Partial<RegistryInstance>): void => {
    simulator.world.update((world) => ({
      ...world,
      instances: world.instances.map((instance) =>
        instance.id === demoNames.instanceId ? { ...instance, ...change } : instance,
      ),
    }));
  };

  it('gives a token with the documented fields', async () => {
    const { status, body } = await getToken();
    assert.deepEqual(
      [status, Object.keys(body).toSorted(), body['TempUsername'], body.Code, body['IsSuccess']],
      [
        200,
        ['AuthorizationToken', 'Code', 'ExpireTime', 'IsSuccess', 'RequestId', 'TempUsername'],
        'cr_temp_user',
        'success',
        true,
      ],
    );
  });

  it('gives a token of an hour', async () => {
    assert.equal((await getToken()).body.ExpireTime, clock.now() + 3_600_000);
  });

  it('gives a token of the life that the world asks for', async () => {
    simulator.world.update((world) => ({ ...world, registryTokenSeconds: 20 }));
    assert.equal((await getToken()).body.ExpireTime, clock.now() + 20_000);
  });

  it('gives a token of the hours that the call asks for', async () => {
    const query = { InstanceId: demoNames.instanceId, ExpiresInHours: '24' };
    assert.equal((await call('GetAuthorizationToken', query)).body.ExpireTime, clock.now() + 24 * 3_600_000);
  });

  it('refuses more than 24 hours', async () => {
    const query = { InstanceId: demoNames.instanceId, ExpiresInHours: '25' };
    await refuses(call('GetAuthorizationToken', query), 400, 'InvalidParameter.ExpiresInHours');
  });

  it('gives a session no token that outlives it', async () => {
    const session = simulator.openRoleSession(demoNames.workerRoleArn, 900);
    const key = { id: session.accessKeyId, secret: session.accessKeySecret, securityToken: session.securityToken };
    assert.equal((await getToken(demoNames.instanceId, { key })).body.ExpireTime, session.expiresAt);
  });

  it('gives a new token at every call', async () => {
    assert.notEqual((await getToken()).body.AuthorizationToken, (await getToken()).body.AuthorizationToken);
  });

  it('answers at the VPC host of the cluster’s region', async () => {
    assert.equal((await getToken(demoNames.instanceId, { host: 'cr-vpc.cn-hangzhou.aliyuncs.com' })).status, 200);
  });

  it('cannot be reached at the VPC host of another region', async () => {
    await assert.rejects(getToken(demoNames.otherRegionInstanceId, { host: 'cr-vpc.cn-shanghai.aliyuncs.com' }), {
      code: 'ECONNRESET',
    });
    assert.equal(simulator.calls.all()[0]?.code, 'unreachable');
  });

  it('knows an instance in its own region only', async () => {
    const host = 'cr.cn-shanghai.aliyuncs.com';
    assert.equal((await getToken(demoNames.otherRegionInstanceId, { host })).status, 200);
    await refuses(getToken(demoNames.instanceId, { host }), 404, 'INSTANCE_NOT_EXIST');
  });

  it('shows nobody another account’s instance', async () => {
    await refuses(getToken(demoNames.partnerInstanceId), 404, 'INSTANCE_NOT_EXIST');
  });

  it('refuses a key without the right', async () => {
    await refuses(getToken(demoNames.instanceId, { key: demoNames.deniedKey }), 403, 'NoPermission');
  });

  it('refuses a token for an instance that does not run', async () => {
    changeInstance({ status: 'STOPPED' });
    await refuses(getToken(), 400, 'INSTANCE_STATUS_NOT_SUPPORT');
  });

  it('demands the instance’s id', async () => {
    await refuses(call('GetAuthorizationToken', {}), 400, 'MissingInstanceId');
  });

  it('lists the endpoints with their domains, the disabled ones too', async () => {
    const [internet] = simulator.world.current.instances[0]?.endpoints ?? [];
    assert.ok(internet !== undefined);
    const domains = [...internet.domains, { domain: 'registry.example.com', type: 'USER' as const }];
    changeInstance({ endpoints: [{ ...internet, enabled: false, domains }] });
    const { body } = await call('ListInstanceEndpoint', { InstanceId: demoNames.instanceId, ModuleName: 'Registry' });
    assert.deepEqual(body['Endpoints'], [
      {
        EndpointType: 'internet',
        Enable: false,
        Status: 'RUNNING',
        AclEnable: false,
        AclEntries: [],
        Domains: [
          { Domain: 'demo-registry.cn-hangzhou.cr.aliyuncs.com', Type: 'SYSTEM' },
          { Domain: 'registry.example.com', Type: 'USER' },
        ],
        LinkedVpcs: [],
      },
    ]);
  });

  it('gives one endpoint by its type', async () => {
    const query = { InstanceId: demoNames.instanceId, EndpointType: 'vpc' };
    const { body } = await call('GetInstanceEndpoint', query, { key: demoNames.pusherKey });
    assert.deepEqual(body['Domains'], [{ Domain: 'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com', Type: 'SYSTEM' }]);
  });

  it('lists the account’s instances of the region, page by page', async () => {
    const { body } = await call('ListInstance', { PageSize: '1' }, { key: demoNames.pusherKey });
    assert.deepEqual(
      [body['TotalCount'], (body['Instances'] as { InstanceId: string }[]).map(({ InstanceId }) => InstanceId)],
      [1, [demoNames.instanceId]],
    );
  });

  it('writes request, caller and outcome into the call log', async () => {
    await getToken();
    const [logged] = simulator.calls.all();
    assert.deepEqual(
      [logged?.action, logged?.region, logged?.host, logged?.accountId, logged?.instanceId, logged?.code],
      [
        'GetAuthorizationToken',
        'cn-hangzhou',
        'cr.cn-hangzhou.aliyuncs.com',
        demoNames.accountId,
        demoNames.instanceId,
        'success',
      ],
    );
  });

  it('tells its own time in the Date header and gives every answer an id', async () => {
    const answer = await getToken();
    assert.deepEqual(
      [answer.headers['date'], answer.headers['x-acs-request-id']],
      ['Fri, 02 Jan 2026 03:04:05 GMT', answer.body['RequestId']],
    );
  });

  it('says in a refusal who refused and where', async () => {
    const { body } = await getToken('cri-unknown');
    assert.deepEqual(
      [Object.keys(body).toSorted(), body['HostId']],
      [['Code', 'HostId', 'Message', 'Recommend', 'RequestId'], 'cr.cn-hangzhou.aliyuncs.com'],
    );
  });
});

async function refuses(call: Promise<TestAnswer>, status: number, code: string): Promise<void> {
  const answer = await call;
  assert.deepEqual([answer.status, answer.body.Code], [status, code], answer.text);
}
