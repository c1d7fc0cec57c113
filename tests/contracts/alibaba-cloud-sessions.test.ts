import assert from 'node:assert/strict';

import type { RegistrySource } from '../../common/domain/credentials/credential-source.ts';
import type { Identity } from '../../common/domain/credentials/identity.ts';
import { demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import {
  assertRulesKept,
  clusterRole,
  createTestServiceAccounts,
  enterpriseSource,
  never,
  partnerSource,
  personalSource,
  rrsa,
  startCloudFixture,
  type CloudFixture,
} from './alibaba-cloud-fixture.ts';

describe('Alibaba Cloud: shared sessions', () => {
  const serviceAccounts = createTestServiceAccounts();
  let fixture: CloudFixture;

  beforeEach(async () => {
    fixture = await startCloudFixture(serviceAccounts);
  });

  afterEach(async () => {
    await fixture.stop();
    assertRulesKept(fixture.cloud);
  });

  it('sources of one identity share a session, also when they ask at the same time', async () => {
    const issuer = fixture.createIssuer();
    const sources = Array.from({ length: 5 }, (_, index): RegistrySource =>
      partnerSource(clusterRole, { id: `source-${index}` }),
    );
    await Promise.all(sources.map(async (source) => await issuer.fetchCredential(source, never)));

    assert.equal(fixture.cloud.calls.count({ action: 'AssumeRole' }), 1);
    assert.equal(fixture.cloud.calls.count({ action: 'metadata.credentials' }), 1);
    assert.equal(fixture.cloud.calls.count({ action: 'GetAuthorizationToken' }), 5);
  });

  it('sources of one RRSA role share a session', async () => {
    await fixture.writeOidcToken();
    const issuer = fixture.createIssuer();
    await issuer.fetchCredential(enterpriseSource({ identity: rrsa }), never);
    await issuer.fetchCredential(personalSource({ identity: rrsa }), never);

    assert.equal(fixture.cloud.calls.count({ action: 'AssumeRoleWithOIDC' }), 1);
  });

  it('a session too short for the token that it signs is renewed first', async () => {
    const issuer = fixture.createIssuer();
    await issuer.fetchCredential(partnerSource(clusterRole), never);
    fixture.cloud.clock.advance(2400);
    const renewed = await issuer.fetchCredential(partnerSource(clusterRole), never);

    assert.equal(fixture.cloud.calls.count({ action: 'AssumeRole' }), 2);
    assert.ok(renewed.expiresAt - renewed.issuedAt > 3_590_000);
  });

  it('a long session serves renewal after renewal', async () => {
    const issuer = fixture.createIssuer();
    const identity: Identity = {
      kind: 'assumed-role',
      roleArn: demoNames.partnerRoleArn,
      sessionSeconds: 43_200,
      base: clusterRole,
    };
    const source = partnerSource(clusterRole, { identity });
    for (let renewal = 0; renewal < 10; renewal++) {
      await issuer.fetchCredential(source, never);
      fixture.cloud.clock.advance(2400);
    }

    assert.equal(fixture.cloud.calls.count({ action: 'AssumeRole' }), 1);
  });

  it('a session that the cloud no longer takes is replaced at once', async () => {
    const issuer = fixture.createIssuer();
    await issuer.fetchCredential(partnerSource(clusterRole), never);
    fixture.cloud.faults.add({
      match: { action: 'GetAuthorizationToken' },
      effect: { kind: 'error', status: 400, code: 'InvalidSecurityToken.Expired' },
      times: 1,
    });

    await issuer.fetchCredential(partnerSource(clusterRole), never);

    assert.equal(fixture.cloud.calls.count({ action: 'AssumeRole' }), 2);
  });

  it('a base session that STS no longer takes is replaced at once', async () => {
    fixture.cloud.faults.add({
      match: { action: 'AssumeRole' },
      effect: { kind: 'error', status: 400, code: 'InvalidSecurityToken.Expired' },
      times: 1,
    });

    await fixture.createIssuer().fetchCredential(partnerSource(clusterRole), never);

    assert.equal(fixture.cloud.calls.count({ action: 'metadata.credentials' }), 2);
    assert.equal(fixture.cloud.calls.count({ action: 'AssumeRole' }), 2);
  });

  it('while STS is down a session that still has some life signs on', async () => {
    const issuer = fixture.createIssuer();
    await issuer.fetchCredential(partnerSource(clusterRole), never);
    fixture.cloud.clock.advance(2400);
    fixture.cloud.faults.add({ match: { host: 'sts*' }, effect: { kind: 'html' } });

    const renewed = await issuer.fetchCredential(partnerSource(clusterRole), never);

    assert.ok(renewed.expiresAt - renewed.issuedAt > 1_100_000);
  });

  it('a failed session is not remembered', async () => {
    const issuer = fixture.createIssuer();
    fixture.cloud.faults.add({ match: { action: 'AssumeRole' }, effect: { kind: 'html' }, times: 1 });
    await assert.rejects(issuer.fetchCredential(partnerSource(clusterRole), never), { code: 'cloud-error' });

    await issuer.fetchCredential(partnerSource(clusterRole), never);
  });

  it('after a base key pair was rotated, the session of the old one is not used any more', async () => {
    const issuer = fixture.createIssuer();
    const { pullerKey: key, deniedKey } = demoNames;
    const source = partnerSource({ kind: 'access-key-secret', secretName: 'acr-key' });
    fixture.secrets.set('acr-key', { 'access-key-id': key.id, 'access-key-secret': key.secret });
    await issuer.fetchCredential(source, never);
    fixture.secrets.set('acr-key', { 'access-key-id': deniedKey.id, 'access-key-secret': deniedKey.secret });

    await assert.rejects(issuer.fetchCredential(source, never), { code: 'assume-role-denied' });
  });
});
