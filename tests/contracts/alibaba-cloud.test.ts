import assert from 'node:assert/strict';

import type { Identity } from '../../common/domain/credentials/identity.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import {
  assertRulesKept,
  changeCluster,
  createTestServiceAccounts,
  describeApiCalls,
  enterpriseSource,
  never,
  personalSource,
  startCloudFixture,
  type CloudFixture,
} from './alibaba-cloud-fixture.ts';

const vpcHost = 'cr-vpc.cn-hangzhou.aliyuncs.com';
const publicHost = 'cr.cn-hangzhou.aliyuncs.com';
const token = (host: string) => `GetAuthorizationToken@${host} success`;

describe('Alibaba Cloud: editions and endpoints', () => {
  const serviceAccounts = createTestServiceAccounts();
  let fixture: CloudFixture;

  beforeEach(async () => {
    fixture = await startCloudFixture(serviceAccounts);
  });

  afterEach(async () => {
    await fixture.stop();
    assertRulesKept(fixture.cloud);
  });

  it('an Enterprise Edition instance gives its domains and a token in two calls over the VPC', async () => {
    const credential = await fixture.createIssuer().fetchCredential(enterpriseSource({ discoverDomains: true }), never);

    assert.deepEqual(describeApiCalls(fixture.cloud), [`ListInstanceEndpoint@${vpcHost} success`, token(vpcHost)]);
    assert.equal(credential.username, 'cr_temp_user');
    assert.deepEqual(credential.discoveredDomains, [
      'demo-registry.cn-hangzhou.cr.aliyuncs.com',
      'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com',
    ]);
    assert.ok(Math.abs(credential.expiresAt - credential.issuedAt - 3_600_000) < 60_000);
    assert.ok(credential.password.reveal().length > 20);
    assert.equal(credential.sourceId, '0000000000000001');
  });

  it('a renewal within the hour costs one call, because the domains are remembered', async () => {
    const issuer = fixture.createIssuer();
    await issuer.fetchCredential(enterpriseSource({ discoverDomains: true }), never);
    fixture.cloud.calls.clear();
    fixture.cloud.clock.advance(2400);

    const renewed = await issuer.fetchCredential(enterpriseSource({ discoverDomains: true }), never);

    assert.deepEqual(describeApiCalls(fixture.cloud), [token(vpcHost)]);
    assert.equal(renewed.discoveredDomains.length, 2);
  });

  it('listed domains cost one call in all', async () => {
    const credential = await fixture.createIssuer().fetchCredential(enterpriseSource(), never);

    assert.deepEqual(describeApiCalls(fixture.cloud), [token(vpcHost)]);
    assert.deepEqual(credential.discoveredDomains, []);
  });

  it('an instance of another region is asked for at the public endpoint', async () => {
    const source = enterpriseSource({ instanceId: demoNames.otherRegionInstanceId, regionId: 'cn-shanghai' });
    await fixture.createIssuer().fetchCredential(source, never);

    assert.deepEqual(describeApiCalls(fixture.cloud), [token('cr.cn-shanghai.aliyuncs.com')]);
  });

  it('Personal Edition gives the five default domains of its region in one call', async () => {
    const credential = await fixture.createIssuer().fetchCredential(personalSource({ discoverDomains: true }), never);

    assert.deepEqual(describeApiCalls(fixture.cloud), [token(vpcHost)]);
    assert.deepEqual(credential.discoveredDomains, [
      'registry.cn-hangzhou.aliyuncs.com',
      'registry-vpc.cn-hangzhou.aliyuncs.com',
      'registry-internal.cn-hangzhou.aliyuncs.com',
      'registry-intl.cn-hangzhou.aliyuncs.com',
      'registry-intl-vpc.cn-hangzhou.aliyuncs.com',
    ]);
  });

  it('an unreachable VPC endpoint is passed over, and not tried again for some minutes', async () => {
    changeCluster(fixture.cloud, (cluster) => ({ ...cluster, regionId: 'cn-beijing' }));
    const issuer = fixture.createIssuer();
    await issuer.fetchCredential(enterpriseSource(), never);
    await issuer.fetchCredential(enterpriseSource(), never);
    fixture.cloud.clock.advance(301);
    await issuer.fetchCredential(enterpriseSource(), never);

    const missed = `GetAuthorizationToken@${vpcHost} unreachable`;
    assert.deepEqual(describeApiCalls(fixture.cloud), [
      missed,
      token(publicHost),
      token(publicHost),
      missed,
      token(publicHost),
    ]);
  });

  it('custom domains are found, endpoints that are off or not running are left out', async () => {
    fixture.cloud.world.update((world) => ({
      ...world,
      instances: world.instances.map((instance) => ({
        ...instance,
        endpoints: [
          ...instance.endpoints.map((endpoint) => ({ ...endpoint, enabled: endpoint.type === 'internet' })),
          {
            type: 'internet' as const,
            enabled: true,
            status: 'CREATING',
            domains: [{ domain: 'early.example.com', type: 'USER' as const }],
            linkedVpcIds: [],
          },
          {
            type: 'internet' as const,
            enabled: true,
            status: 'RUNNING',
            domains: [{ domain: 'Images.example.com:5000', type: 'USER' as const }],
            linkedVpcIds: [],
          },
        ],
      })),
    }));

    const credential = await fixture.createIssuer().fetchCredential(enterpriseSource({ discoverDomains: true }), never);

    assert.deepEqual(credential.discoveredDomains, [
      'demo-registry.cn-hangzhou.cr.aliyuncs.com',
      'images.example.com:5000',
    ]);
  });

  it('a finance region’s registry is found at its VPC endpoint when it has no other', async () => {
    fixture.cloud.world.update((world) => ({
      ...world,
      cluster: { ...world.cluster, regionId: 'cn-hangzhou-finance' },
      instances: world.instances.map((instance) => ({ ...instance, regionId: 'cn-hangzhou-finance' })),
    }));
    const source = enterpriseSource({ regionId: 'cn-hangzhou-finance' });
    await fixture.createIssuer({ region: 'cn-hangzhou-finance' }).fetchCredential(source, never);

    assert.deepEqual(describeApiCalls(fixture.cloud), [token('cr-vpc.cn-hangzhou-finance.aliyuncs.com')]);
  });

  it('a private cloud’s hosts are called when the operator allowed them', async () => {
    const host = 'cr.cn-hangzhou.cloud.example';
    fixture.cloud.world.update((world) => ({
      ...world,
      privateHosts: [{ host, product: 'cr', region: 'cn-hangzhou' }],
    }));
    await fixture.createIssuer({ allowedHosts: [host] }).fetchCredential(enterpriseSource(), never);

    assert.deepEqual(describeApiCalls(fixture.cloud), [token(host)]);
  });

  it('every request is observed with its action, region and outcome', async () => {
    await fixture.createIssuer().fetchCredential(enterpriseSource({ discoverDomains: true }), never);

    assert.deepEqual(fixture.observed, ['ListInstanceEndpoint cn-hangzhou ok', 'GetAuthorizationToken cn-hangzhou ok']);
  });
  it('a secret of 200 odd characters is signed with as it is', async () => {
    const secret = '!*()~ +/=&?#%ü'.repeat(14);
    fixture.cloud.world.update((world) => ({
      ...world,
      users: world.users.map((user) =>
        user.name === 'puller' ? { ...user, accessKeys: [{ id: 'odd', secret, active: true }] } : user,
      ),
    }));
    const identity: Identity = { kind: 'access-key', accessKeyId: 'odd', accessKeySecret: new SecretText(secret) };
    await fixture.createIssuer().fetchCredential(enterpriseSource({ identity }), never);
  });

  describe('clocks', () => {
    for (const aheadSeconds of [2400, -2400]) {
      it(`a clock that is ${Math.abs(aheadSeconds)} s ${aheadSeconds > 0 ? 'slow' : 'fast'} is corrected by the first refusal`, async () => {
        const issuer = fixture.createIssuer({ clock: Date.now });
        fixture.cloud.clock.advance(aheadSeconds);
        const credential = await issuer.fetchCredential(enterpriseSource(), never);
        await issuer.fetchCredential(enterpriseSource(), never);

        const refused = `GetAuthorizationToken@${vpcHost} InvalidTimeStamp.Expired`;
        assert.deepEqual(describeApiCalls(fixture.cloud), [refused, token(vpcHost), token(vpcHost)]);
        assert.ok(Math.abs(credential.expiresAt - credential.issuedAt - 3_600_000) < 10_000);
      });
    }

    it('a clock that is minutes off is corrected before anything is refused', async () => {
      const issuer = fixture.createIssuer({ clock: Date.now });
      fixture.cloud.clock.advance(600);
      await issuer.fetchCredential(enterpriseSource(), never);
      const credential = await issuer.fetchCredential(enterpriseSource(), never);

      assert.deepEqual(describeApiCalls(fixture.cloud), [token(vpcHost), token(vpcHost)]);
      assert.ok(Math.abs(credential.issuedAt - fixture.cloud.clock.now()) < 10_000);
    });
  });
});
