import assert from 'node:assert/strict';

import { createStandingClock, type SimulatorClock } from './clock.ts';
import { demoNames } from './demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { callSigned, type SignedCall, type TestAnswer } from './testing/official-client.ts';

describe('Personal Edition', () => {
  let clock: SimulatorClock;
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    clock = createStandingClock('2026-01-02T03:04:05Z');
    simulator = await startAlibabaCloudSimulator({ clock });
  });
  afterEach(() => simulator.stop());

  const getTokens = (change: Partial<SignedCall> = {}): Promise<TestAnswer> =>
    callSigned({
      url: simulator.url,
      host: 'cr.cn-hangzhou.aliyuncs.com',
      action: 'GetAuthorizationToken',
      version: '2016-06-07',
      method: 'GET',
      path: '/tokens',
      key: demoNames.pullerKey,
      at: clock.now(),
      ...change,
    });
  const register = (registered: readonly string[]): void => {
    simulator.world.update((world) => ({
      ...world,
      personalEditions: world.personalEditions.map((edition) => ({ ...edition, registered })),
    }));
  };

  it('gives a token of an hour', async () => {
    const { status, body } = await getTokens();
    assert.deepEqual(
      [status, body.data?.tempUserName, body.data?.expireDate],
      [200, 'cr_temp_user', clock.now() + 3_600_000],
    );
  });

  it('says in lower case that an account was never registered', async () => {
    const { status, body } = await getTokens({ host: 'cr.cn-shanghai.aliyuncs.com' });
    assert.deepEqual(
      [status, Object.keys(body).toSorted(), body.code],
      [404, ['code', 'message', 'requestId'], 'USER_NOT_EXIST'],
    );
  });

  it('knows nobody but those that have registered', async () => {
    register(['acs:ram::1234567890123456:user/pusher']);
    assert.equal((await getTokens()).body.code, 'USER_NOT_EXIST');
    assert.equal((await getTokens({ key: demoNames.pusherKey })).status, 200);
  });

  it('knows a session by its role', async () => {
    register([demoNames.workerRoleArn]);
    const session = simulator.openRoleSession(demoNames.workerRoleArn, 900);
    const key = { id: session.accessKeyId, secret: session.accessKeySecret, securityToken: session.securityToken };
    assert.equal((await getTokens({ key })).body.data?.expireDate, session.expiresAt);
  });

  it('says in upper case that a signature is wrong', async () => {
    const { status, body } = await getTokens({ key: { ...demoNames.pullerKey, secret: 'guessed' } });
    assert.deepEqual([status, body.Code], [400, 'SignatureDoesNotMatch']);
  });

  it('serves no other path', async () => {
    assert.equal((await getTokens({ path: '/repos' })).body.Code, 'InvalidAction.NotFound');
  });
});
