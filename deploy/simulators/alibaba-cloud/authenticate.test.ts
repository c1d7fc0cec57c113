import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import OpenApiUtil from '@alicloud/openapi-util';

import { createStandingClock, type SimulatorClock } from './clock.ts';
import { demoNames } from './demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { callSigned, send, type SignedCall, type TestAnswer, type TestKey } from './testing/official-client.ts';

describe('authentication', () => {
  let clock: SimulatorClock;
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    clock = createStandingClock('2026-01-02T03:04:05Z');
    simulator = await startAlibabaCloudSimulator({ clock });
  });
  afterEach(() => simulator.stop());

  const whoAmI = (key: TestKey, change: Partial<SignedCall> = {}): Promise<TestAnswer> =>
    callSigned({
      url: simulator.url,
      host: 'sts.cn-hangzhou.aliyuncs.com',
      action: 'GetCallerIdentity',
      version: '2015-04-01',
      key,
      at: clock.now(),
      ...change,
    });
  const sessionKey = (seconds: number): Required<TestKey> & { readonly securityToken: string } => {
    const session = simulator.openRoleSession(demoNames.workerRoleArn, seconds);
    return { id: session.accessKeyId, secret: session.accessKeySecret, securityToken: session.securityToken };
  };

  it('accepts a RAM user’s key', async () => {
    const answer = await whoAmI(demoNames.pullerKey);
    assert.deepEqual(
      [answer.status, answer.body['Arn'], answer.body['IdentityType']],
      [200, 'acs:ram::1234567890123456:user/puller', 'RAMUser'],
    );
  });

  it('accepts the account’s own key', async () => {
    const key = { id: 'LTAI5tRoot', secret: 'root-key' };
    simulator.world.update((world) => ({
      ...world,
      accounts: [{ id: demoNames.accountId, accessKeys: [{ ...key, active: true }] }],
    }));
    assert.equal((await whoAmI(key)).body['IdentityType'], 'Account');
  });

  it('accepts a session', async () => {
    const answer = await whoAmI(sessionKey(900));
    assert.equal(answer.body['Arn'], 'acs:ram::1234567890123456:assumed-role/kubernetesworkerrole-demo/simulator');
  });

  const rpcParameters = (key: Required<TestKey>): URLSearchParams => {
    const parameters = {
      Action: 'GetCallerIdentity',
      Format: 'JSON',
      Version: '2015-04-01',
      AccessKeyId: key.id,
      SecurityToken: String(key.securityToken),
      Timestamp: new Date(clock.now()).toISOString().replace('.000', ''),
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: randomUUID(),
    };
    const signature = OpenApiUtil.default.getRPCSignature(parameters, 'POST', key.secret);
    return new URLSearchParams({ ...parameters, Signature: signature });
  };

  it('accepts a session that signs the RPC V1 way in a form', async () => {
    const headers = { host: 'sts.aliyuncs.com', 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await send(simulator.url, 'POST', '/', headers, rpcParameters(sessionKey(900)).toString());
    assert.deepEqual([answer.body['IdentityType'], simulator.violations()], ['AssumedRoleUser', []]);
  });

  it('records a session’s token in a URL as a violation', async () => {
    const target = `/?${rpcParameters(sessionKey(900)).toString()}`;
    const answer = await send(simulator.url, 'POST', target, { host: 'sts.aliyuncs.com' });
    assert.deepEqual(
      [answer.body['IdentityType'], simulator.violations().map(({ rule }) => rule)],
      ['AssumedRoleUser', ['a secret in the URL, in parameter SecurityToken']],
    );
  });

  it('refuses an unknown key', async () => {
    await refuses(whoAmI({ id: 'LTAI5tNobody', secret: 'x' }), 404, 'InvalidAccessKeyId.NotFound');
  });

  it('refuses a key that was switched off', async () => {
    await refuses(whoAmI(demoNames.inactiveKey), 400, 'InvalidAccessKeyId.Inactive');
  });

  it('refuses a wrong secret', async () => {
    await refuses(whoAmI({ ...demoNames.pullerKey, secret: 'guessed' }), 400, 'SignatureDoesNotMatch');
  });

  it('refuses a date of more than fifteen minutes ago', async () => {
    await refuses(whoAmI(demoNames.pullerKey, { at: clock.now() - 901_000 }), 400, 'InvalidTimeStamp.Expired');
  });

  it('refuses a date of more than fifteen minutes ahead', async () => {
    await refuses(whoAmI(demoNames.pullerKey, { at: clock.now() + 901_000 }), 400, 'InvalidTimeStamp.Expired');
  });

  it('accepts a date of just under fifteen minutes ago', async () => {
    assert.equal((await whoAmI(demoNames.pullerKey, { at: clock.now() - 899_000 })).status, 200);
  });

  it('refuses a nonce that was used before, and says so in the violations', async () => {
    await whoAmI(demoNames.pullerKey, { nonce: 'once' });
    await refuses(whoAmI(demoNames.pullerKey, { nonce: 'once' }), 400, 'SignatureNonceUsed');
    assert.deepEqual(
      simulator.violations().map(({ rule }) => rule),
      ['a nonce was used twice'],
    );
  });

  it('lets no stranger use up a nonce', async () => {
    await whoAmI({ ...demoNames.pullerKey, secret: 'guessed' }, { nonce: 'once' });
    assert.equal((await whoAmI(demoNames.pullerKey, { nonce: 'once' })).status, 200);
  });

  it('refuses a session’s key without its token', async () => {
    const { id, secret } = sessionKey(900);
    await refuses(whoAmI({ id, secret }), 400, 'MissingSecurityToken');
  });

  it('refuses a session’s key with another token', async () => {
    const key = { ...sessionKey(900), securityToken: sessionKey(900).securityToken };
    await refuses(whoAmI(key), 400, 'InvalidSecurityToken.MismatchWithAccessKey');
  });

  it('refuses a long-lived key with a token', async () => {
    const key = { ...demoNames.pullerKey, securityToken: 'x' };
    await refuses(whoAmI(key), 400, 'InvalidSecurityToken.MismatchWithAccessKey');
  });

  it('refuses a session from its last second on', async () => {
    const key = sessionKey(900);
    clock.advance(900);
    await refuses(whoAmI(key), 400, 'InvalidSecurityToken.Expired');
  });

  it('refuses a session whose role was deleted', async () => {
    const key = sessionKey(900);
    simulator.world.update((world) => ({ ...world, roles: [] }));
    await refuses(whoAmI(key), 404, 'InvalidAccessKeyId.NotFound');
  });

  it('refuses an unsigned call of an action that must be signed', async () => {
    const headers = { host: 'sts.cn-hangzhou.aliyuncs.com' };
    const target = '/?Action=GetCallerIdentity&Version=2015-04-01&Format=JSON';
    await refuses(send(simulator.url, 'POST', target, headers), 400, 'MissingAccessKeyId');
  });

  it('refuses an action that does not exist', async () => {
    await refuses(whoAmI(demoNames.pullerKey, { action: 'toString' }), 404, 'InvalidAction.NotFound');
  });

  it('refuses a version that does not exist', async () => {
    await refuses(whoAmI(demoNames.pullerKey, { version: '2018-12-01' }), 400, 'InvalidVersion');
  });
});

async function refuses(call: Promise<TestAnswer>, status: number, code: string): Promise<void> {
  const answer = await call;
  assert.deepEqual([answer.status, answer.body.Code], [status, code], answer.text);
}
