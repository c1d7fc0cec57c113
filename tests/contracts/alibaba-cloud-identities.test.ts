import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';

import type { Identity } from '../../common/domain/credentials/identity.ts';
import { demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import type { MetadataMode } from '../../deploy/simulators/alibaba-cloud/world.ts';
import {
  assertRulesKept,
  changeCluster,
  clusterRole,
  createTestServiceAccounts,
  describeApiCalls,
  enterpriseSource,
  metadataCalls,
  never,
  partnerSource,
  pullerKey,
  rrsa,
  startCloudFixture,
  type CloudFixture,
  type IssuerOptions,
} from './alibaba-cloud-fixture.ts';

const vpcHost = 'cr-vpc.cn-hangzhou.aliyuncs.com';
const publicHost = 'cr.cn-hangzhou.aliyuncs.com';
const stsHost = 'sts-vpc.cn-hangzhou.aliyuncs.com';
const token = (host: string) => `GetAuthorizationToken@${host} success`;
const sessionReads = ['metadata.token', 'metadata.role-name', 'metadata.credentials'];

describe('Alibaba Cloud: identities', () => {
  const serviceAccounts = createTestServiceAccounts();
  let fixture: CloudFixture;

  beforeEach(async () => {
    fixture = await startCloudFixture(serviceAccounts);
  });

  afterEach(async () => {
    await fixture.stop();
    assertRulesKept(fixture.cloud);
  });

  const fetchOnce = async (identity: Identity, options: IssuerOptions = {}) =>
    await fixture.createIssuer(options).fetchCredential(enterpriseSource({ identity }), never);

  for (const mode of ['v1-and-v2', 'v2-only', 'v1-only'] satisfies readonly MetadataMode[]) {
    it(`the worker role signs with a metadata service in mode ${mode}`, async () => {
      changeCluster(fixture.cloud, (cluster) => ({ ...cluster, metadata: { ...cluster.metadata, mode } }));
      await fetchOnce(clusterRole, { tokenMode: 'workerRole' });

      assert.deepEqual(describeApiCalls(fixture.cloud), [token(vpcHost)]);
      assert.equal(
        metadataCalls(fixture.cloud)
          .filter((action) => action !== 'metadata.token')
          .join(),
        sessionReads.slice(1).join(),
      );
      const [call] = fixture.cloud.calls.matching({ action: 'GetAuthorizationToken' });
      assert.match(call?.principalArn ?? '', /assumed-role\/kubernetesworkerrole-demo\//i);
    });
  }

  it('tokenMode auto uses the worker role without a token file, and the managed role once there is one', async () => {
    const issuer = fixture.createIssuer();
    await issuer.fetchCredential(enterpriseSource({ identity: clusterRole }), never);
    await fixture.writeManagedRole();
    await issuer.fetchCredential(enterpriseSource({ identity: clusterRole }), never);

    const roles = fixture.cloud.calls
      .matching({ action: 'GetAuthorizationToken' })
      .map(({ principalArn }) => principalArn.split('/')[1]?.toLowerCase());
    assert.deepEqual(roles, ['kubernetesworkerrole-demo', 'aliyuncsmanagedacrrole']);
  });

  it('the managed role’s token file is read again when ACK replaced it', async () => {
    const issuer = fixture.createIssuer({ tokenMode: 'managedRole' });
    const first = await fixture.writeManagedRole();
    await issuer.fetchCredential(enterpriseSource({ identity: clusterRole }), never);
    const second = await fixture.writeManagedRole();
    await issuer.fetchCredential(enterpriseSource({ identity: clusterRole }), never);

    const keys = fixture.cloud.calls
      .matching({ action: 'GetAuthorizationToken' })
      .map(({ accessKeyId }) => accessKeyId);
    assert.deepEqual(keys, [first, second]);
    assert.deepEqual(metadataCalls(fixture.cloud), []);
  });

  it('a registered cluster signs with the key pair of its Secret', async () => {
    const { id, secret } = demoNames.pullerKey;
    fixture.secrets.set('alibaba-addon-secret', { 'access-key-id': id, 'access-key-secret': secret });
    changeCluster(fixture.cloud, (cluster) => ({ ...cluster, metadata: { ...cluster.metadata, mode: 'absent' } }));
    await fetchOnce(clusterRole);

    const [call] = fixture.cloud.calls.matching({ action: 'GetAuthorizationToken' });
    assert.equal(call?.accessKeyId, id);
  });

  it('a key pair from a Secret is followed when it changes', async () => {
    const { inactiveKey, pullerKey: active } = demoNames;
    const issuer = fixture.createIssuer();
    const source = enterpriseSource({ identity: { kind: 'access-key-secret', secretName: 'acr-key' } });
    fixture.secrets.set('acr-key', { 'access-key-id': inactiveKey.id, 'access-key-secret': inactiveKey.secret });
    await assert.rejects(issuer.fetchCredential(source, never), { code: 'cloud-access-key-invalid' });
    fixture.secrets.set('acr-key', { 'access-key-id': active.id, 'access-key-secret': `${active.secret}\n` });

    await issuer.fetchCredential(source, never);
  });

  it('RRSA exchanges the token of the file for a session, and signs with it', async () => {
    await fixture.writeOidcToken();
    await fetchOnce(rrsa);

    assert.deepEqual(describeApiCalls(fixture.cloud), [`AssumeRoleWithOIDC@${stsHost} success`, token(vpcHost)]);
  });

  it('RRSA that is switched on later works at the next fetch', async () => {
    const issuer = fixture.createIssuer();
    const source = enterpriseSource({ identity: rrsa });
    await assert.rejects(issuer.fetchCredential(source, never), { code: 'token-file-invalid' });
    await fixture.writeOidcToken();

    await issuer.fetchCredential(source, never);
  });

  it('RRSA reads a rotated token file before the next exchange', async () => {
    const issuer = fixture.createIssuer();
    await fixture.writeOidcToken({ lifetimeSeconds: 600 });
    await issuer.fetchCredential(enterpriseSource({ identity: rrsa }), never);
    fixture.cloud.clock.advance(2400);
    await fixture.writeOidcToken({ lifetimeSeconds: 600 });

    await issuer.fetchCredential(enterpriseSource({ identity: rrsa }), never);

    assert.equal(fixture.cloud.calls.count({ action: 'AssumeRoleWithOIDC', code: 'success' }), 2);
  });

  it('without a known region STS is called at its global host', async () => {
    changeCluster(fixture.cloud, (cluster) => ({ ...cluster, metadata: { ...cluster.metadata, mode: 'absent' } }));
    await fixture.writeOidcToken();
    const regionFinder = { findRegion: async () => await Promise.reject(new Error('nobody knows')) };
    await fetchOnce(rrsa, { regionFinder });

    assert.deepEqual(describeApiCalls(fixture.cloud), [
      'AssumeRoleWithOIDC@sts.aliyuncs.com success',
      token(publicHost),
    ]);
  });

  const bases: readonly { readonly name: string; readonly base: Identity; readonly prepare: () => Promise<unknown> }[] =
    [
      { name: 'the worker role', base: clusterRole, prepare: async () => undefined },
      { name: 'the managed role', base: clusterRole, prepare: async () => await fixture.writeManagedRole() },
      { name: 'RRSA', base: rrsa, prepare: async () => await fixture.writeOidcToken() },
      { name: 'an AccessKey', base: pullerKey, prepare: async () => undefined },
    ];
  for (const { name, base, prepare } of bases) {
    it(`a partner’s role is assumed on top of ${name}`, async () => {
      await prepare();
      await fixture.createIssuer().fetchCredential(partnerSource(base), never);

      assert.deepEqual(describeApiCalls(fixture.cloud).slice(-2), [`AssumeRole@${stsHost} success`, token(vpcHost)]);
      const [call] = fixture.cloud.calls.matching({ action: 'GetAuthorizationToken' });
      assert.match(call?.principalArn ?? '', /^acs:ram::6543210987654321:assumed-role\/acr-puller\//);
    });
  }

  it('a token file that went away makes tokenMode auto fall back to the worker role', async () => {
    const issuer = fixture.createIssuer();
    await fixture.writeManagedRole();
    await issuer.fetchCredential(enterpriseSource({ identity: clusterRole }), never);
    await rm(fixture.managedRoleTokenFile);
    await issuer.fetchCredential(enterpriseSource({ identity: clusterRole }), never);

    assert.deepEqual(metadataCalls(fixture.cloud), sessionReads);
  });
});
