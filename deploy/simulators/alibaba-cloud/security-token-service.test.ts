import assert from 'node:assert/strict';

import { createStandingClock, type SimulatorClock } from './clock.ts';
import { createDemoWorld, demoNames } from './demo-world.ts';
import { createServiceAccountIssuer, type ServiceAccountToken } from './open-id-provider.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { callSigned, send, type TestAnswer, type TestKey } from './testing/official-client.ts';
import type { Trust } from './world.ts';

const issuer = createServiceAccountIssuer(demoNames.oidcIssuer);

describe('AssumeRole', () => {
  let clock: SimulatorClock;
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    clock = createStandingClock('2026-01-02T03:04:05Z');
    simulator = await startAlibabaCloudSimulator({ clock });
  });
  afterEach(() => simulator.stop());

  const assume = (
    change: Record<string, string> = {},
    key: TestKey = demoNames.pullerKey,
    host = 'sts.aliyuncs.com',
  ): Promise<TestAnswer> =>
    callSigned({
      url: simulator.url,
      host,
      action: 'AssumeRole',
      version: '2015-04-01',
      key,
      at: clock.now(),
      query: { RoleArn: demoNames.partnerRoleArn, RoleSessionName: 'test', ...change },
    });
  const trustOnly = (trust: Trust): void => {
    simulator.world.update((world) => ({
      ...world,
      roles: world.roles.map((role) => (role.arn === demoNames.partnerRoleArn ? { ...role, trust: [trust] } : role)),
    }));
  };

  it('opens a session in another account that gets tokens there', async () => {
    const { Credentials: credentials } = (await assume()).body;
    assert.ok(credentials !== undefined);
    const answer = await callSigned({
      url: simulator.url,
      host: 'cr.cn-hangzhou.aliyuncs.com',
      action: 'GetAuthorizationToken',
      version: '2018-12-01',
      at: clock.now(),
      query: { InstanceId: demoNames.partnerInstanceId },
      key: {
        id: credentials.AccessKeyId,
        secret: credentials.AccessKeySecret,
        securityToken: credentials.SecurityToken,
      },
    });
    assert.equal(answer.body.Code, 'success');
  });

  it('opens a session of an hour unless told otherwise', async () => {
    assert.equal((await assume()).body.Credentials?.Expiration, '2026-01-02T04:04:05Z');
  });

  it('opens a session of the seconds that the call asks for', async () => {
    const { body } = await assume({ DurationSeconds: '43200' });
    assert.equal(body.Credentials?.Expiration, '2026-01-02T15:04:05Z');
  });

  it('answers at a regional and at a VPC host', async () => {
    assert.equal((await assume({}, demoNames.pullerKey, 'sts.cn-shanghai.aliyuncs.com')).status, 200);
    assert.equal((await assume({}, demoNames.pullerKey, 'sts-vpc.cn-hangzhou.aliyuncs.com')).status, 200);
  });

  it('refuses sessions under 900 s and over the role’s maximum', async () => {
    await refuses(assume({ DurationSeconds: '899' }), 400, 'InvalidParameter.DurationSeconds');
    await refuses(assume({ DurationSeconds: '43201' }), 400, 'InvalidParameter.DurationSeconds');
  });

  it('refuses a session name with other characters', async () => {
    await refuses(assume({ RoleSessionName: 'a b' }), 400, 'InvalidParameter.RoleSessionName');
  });

  it('refuses a policy that is no JSON', async () => {
    await refuses(assume({ Policy: '{' }), 400, 'InvalidParameter.PolicyGrammar');
  });

  it('refuses what is no ARN of a role', async () => {
    await refuses(assume({ RoleArn: 'acs:ram::1:user/x' }), 400, 'InvalidParameter.RoleArn');
  });

  it('refuses a role that does not exist', async () => {
    await refuses(assume({ RoleArn: 'acs:ram::6543210987654321:role/gone' }), 404, 'EntityNotExist.Role');
  });

  it('refuses a caller without sts:AssumeRole', async () => {
    await refuses(assume({}, demoNames.deniedKey), 403, 'NoPermission');
  });

  it('refuses a caller that the role does not trust', async () => {
    trustOnly({ kind: 'account', accountId: '1111111111111111' });
    await refuses(assume(), 403, 'NoPermission');
  });

  it('refuses a role that only a service may take on', async () => {
    await refuses(assume({ RoleArn: demoNames.workerRoleArn }), 403, 'NoPermission');
  });

  it('trusts one user', async () => {
    trustOnly({ kind: 'user', arn: 'acs:ram::1234567890123456:user/puller' });
    assert.equal((await assume()).status, 200);
  });

  it('trusts one role', async () => {
    trustOnly({ kind: 'role', arn: demoNames.workerRoleArn });
    const session = simulator.openRoleSession(demoNames.workerRoleArn, 900);
    const key = { id: session.accessKeyId, secret: session.accessKeySecret, securityToken: session.securityToken };
    assert.equal((await assume({}, key)).status, 200);
    await refuses(assume(), 403, 'NoPermission');
  });

  it('demands the external id that the role’s trust names', async () => {
    trustOnly({ kind: 'account', accountId: demoNames.accountId, externalId: 'agreed' });
    await refuses(assume(), 403, 'NoPermission');
    assert.equal((await assume({ ExternalId: 'agreed' })).status, 200);
  });

  it('refuses the account itself', async () => {
    const key = { id: 'LTAI5tRoot', secret: 'root-key' };
    const accounts = [{ id: demoNames.accountId, accessKeys: [{ ...key, active: true }] }];
    simulator.world.update((world) => ({ ...world, accounts }));
    await refuses(assume({}, key), 403, 'NoPermission');
  });
});

describe('AssumeRoleWithOIDC', () => {
  let clock: SimulatorClock;
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    clock = createStandingClock('2026-01-02T03:04:05Z');
    const world = createDemoWorld({ openIdKeys: [issuer.publicKey] });
    simulator = await startAlibabaCloudSimulator({ clock, world });
  });
  afterEach(() => simulator.stop());

  const mint = (change: Partial<ServiceAccountToken> = {}): string =>
    issuer.mintToken({
      namespace: 'kube-system',
      serviceAccount: 'aliyun-acr-credential-helper',
      audience: demoNames.oidcAudience,
      issuedAt: clock.now(),
      lifetimeSeconds: 3600,
      ...change,
    });
  const exchange = (token: string, change: Record<string, string> = {}): Promise<TestAnswer> => {
    const form = new URLSearchParams({
      Action: 'AssumeRoleWithOIDC',
      Version: '2015-04-01',
      Format: 'JSON',
      RoleArn: demoNames.rrsaRoleArn,
      OIDCProviderArn: demoNames.oidcProviderArn,
      OIDCToken: token,
      RoleSessionName: 'test',
      ...change,
    });
    return send(simulator.url, 'POST', '/', formHeaders, form.toString());
  };

  it('opens a session for a trusted ServiceAccount', async () => {
    const { status, body } = await exchange(mint());
    assert.deepEqual(
      [status, body.Credentials?.Expiration, body['OIDCTokenInfo']],
      [
        200,
        '2026-01-02T04:04:05Z',
        {
          Subject: demoNames.oidcSubject,
          Issuer: demoNames.oidcIssuer,
          ClientIds: 'sts.aliyuncs.com',
          IssuanceTime: '2026-01-02T03:04:05Z',
          ExpirationTime: '2026-01-02T04:04:05Z',
          VerificationInfo: 'Success',
        },
      ],
    );
  });

  it('refuses a token in the URL, and says so in the violations without repeating it', async () => {
    const token = mint();
    const query = new URLSearchParams({
      Action: 'AssumeRoleWithOIDC',
      Version: '2015-04-01',
      Format: 'JSON',
      RoleArn: demoNames.rrsaRoleArn,
      OIDCProviderArn: demoNames.oidcProviderArn,
      OIDCToken: token,
      RoleSessionName: 'test',
    });
    const answer = await send(simulator.url, 'POST', `/?${query.toString()}`, formHeaders);
    assert.deepEqual([answer.status, answer.body.Code], [400, 'MissingOIDCToken']);
    assert.deepEqual(
      simulator.violations().map(({ rule }) => rule),
      ['an OIDC token in the URL'],
    );
    assert.equal(JSON.stringify(simulator.calls.all()).includes(token), false);
  });

  it('answers in XML unless asked for JSON', async () => {
    const answer = await exchange(mint(), { Format: 'XML' });
    assert.match(answer.text, /^<\?xml .*<AssumeRoleWithOIDCResponse><RequestId>.*<SecurityToken>CAIS/);
  });

  it('refuses in XML unless asked for JSON', async () => {
    const form = 'Action=AssumeRoleWithOIDC&Version=2015-04-01';
    const answer = await send(simulator.url, 'POST', '/', formHeaders, form);
    assert.match(answer.text, /<Error>.*<Code>MissingOIDCToken<\/Code>.*<\/Error>/);
  });

  it('refuses an expired token', async () => {
    const token = mint();
    clock.advance(3600);
    await refuses(exchange(token), 400, 'AuthenticationFail.OIDCToken.Expired');
  });

  it('refuses a token for another audience', async () => {
    const token = mint({ audience: 'https://kubernetes.default.svc' });
    await refuses(exchange(token), 400, 'AuthenticationFail.OIDCToken.AudienceNotMatch');
  });

  it('refuses a token of another issuer', async () => {
    const token = createServiceAccountIssuer('https://elsewhere').mintToken({
      namespace: 'kube-system',
      serviceAccount: 'aliyun-acr-credential-helper',
      audience: demoNames.oidcAudience,
      issuedAt: clock.now(),
      lifetimeSeconds: 3600,
    });
    await refuses(exchange(token), 400, 'AuthenticationFail.OIDCToken.IssuerNotMatch');
  });

  it('refuses a token that somebody else signed', async () => {
    const [header, claims] = mint().split('.');
    const [, , signature] = mint({ namespace: 'other' }).split('.');
    await refuses(exchange(`${header}.${claims}.${signature}`), 400, 'AuthenticationFail.OIDCToken.Invalid');
  });

  it('refuses a truncated token', async () => {
    await refuses(exchange(mint().slice(0, -20)), 400, 'AuthenticationFail.OIDCToken.Invalid');
  });

  it('refuses a ServiceAccount that the role does not trust', async () => {
    await refuses(exchange(mint({ serviceAccount: 'default' })), 403, 'AuthenticationFail.NoPermission');
  });

  it('refuses a provider that does not exist', async () => {
    const answer = exchange(mint(), { OIDCProviderArn: 'acs:ram::1234567890123456:oidc-provider/other' });
    await refuses(answer, 404, 'EntityNotExist.OIDCProvider');
  });

  it('refuses a session longer than the role’s maximum', async () => {
    await refuses(exchange(mint(), { DurationSeconds: '3601' }), 400, 'InvalidParameter.DurationSeconds');
  });
});

const formHeaders = {
  host: 'sts-vpc.cn-hangzhou.aliyuncs.com',
  'content-type': 'application/x-www-form-urlencoded',
};

async function refuses(call: Promise<TestAnswer>, status: number, code: string): Promise<void> {
  const answer = await call;
  assert.deepEqual([answer.status, answer.body.Code], [status, code], answer.text);
}
