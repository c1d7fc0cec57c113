import assert from 'node:assert/strict';

import { createStandingClock, type SimulatorClock } from './clock.ts';
import { demoNames } from './demo-world.ts';
import type { FaultEffect } from './faults.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { callSigned, send, type SignedCall, type TestAnswer } from './testing/official-client.ts';

describe('a faulty cloud', () => {
  let clock: SimulatorClock;
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    clock = createStandingClock('2026-01-02T03:04:05Z');
    simulator = await startAlibabaCloudSimulator({ clock });
  });
  afterEach(() => simulator.stop());

  const getToken = (change: Partial<SignedCall> = {}): Promise<TestAnswer> =>
    callSigned({
      url: simulator.url,
      host: 'cr.cn-hangzhou.aliyuncs.com',
      action: 'GetAuthorizationToken',
      version: '2018-12-01',
      key: demoNames.pullerKey,
      at: clock.now(),
      query: { InstanceId: demoNames.instanceId },
      ...change,
    });
  const underFault = (effect: FaultEffect): Promise<TestAnswer> => {
    simulator.faults.add({ match: { action: 'GetAuthorizationToken' }, effect, times: 1 });
    return getToken();
  };

  it('refuses with any status and code', async () => {
    const { status, body } = await underFault({ kind: 'error', status: 503, code: 'ServiceUnavailable' });
    assert.deepEqual([status, body.Code], [503, 'ServiceUnavailable']);
  });

  it('throttles and says for how long', async () => {
    const { status, body, headers } = await underFault({ kind: 'throttle', retryAfterMilliseconds: 2500 });
    assert.deepEqual([status, body.Code, headers['x-acs-retry-after']], [400, 'Throttling.User', '2500']);
  });

  it('throttles without saying for how long', async () => {
    assert.equal((await underFault({ kind: 'throttle' })).headers['x-acs-retry-after'], undefined);
  });

  it('resets the connection', async () => {
    await assert.rejects(underFault({ kind: 'reset' }), { code: 'ECONNRESET' });
  });

  it('hangs until the client gives up or the simulator stops', async () => {
    const answer = underFault({ kind: 'hang' });
    const rejection = assert.rejects(answer, { code: 'ECONNRESET' });
    while (simulator.calls.count({ code: 'fault:hang' }) === 0) await new Promise((resolve) => setImmediate(resolve));
    await simulator.stop();
    await rejection;
  });

  it('answers with an HTML page', async () => {
    const { status, headers, text } = await underFault({ kind: 'html' });
    assert.deepEqual([status, headers['content-type'], text.startsWith('<html>')], [502, 'text/html', true]);
  });

  it('answers with HTTP 200 and IsSuccess false', async () => {
    const { status, body } = await underFault({ kind: 'not-successful', code: 'INSTANCE_NOT_EXIST' });
    assert.deepEqual([status, body['IsSuccess'], body.Code], [200, false, 'INSTANCE_NOT_EXIST']);
  });

  it('answers without a token', async () => {
    const { status, body } = await underFault({ kind: 'without-token' });
    assert.deepEqual([status, 'AuthorizationToken' in body, 'ExpireTime' in body], [200, false, true]);
  });

  it('answers with an expiry in the past', async () => {
    const { body } = await underFault({ kind: 'expiry', offsetSeconds: -3600 });
    assert.equal(body.ExpireTime, clock.now() - 3_600_000);
  });

  it('answers with an expiry ten years ahead, in STS answers too', async () => {
    simulator.faults.add({ match: {}, effect: { kind: 'expiry', offsetSeconds: 315_360_000 } });
    const { body } = await getToken({
      host: 'sts.aliyuncs.com',
      action: 'AssumeRole',
      version: '2015-04-01',
      query: { RoleArn: demoNames.partnerRoleArn, RoleSessionName: 'test' },
    });
    assert.equal(body.Credentials?.Expiration, '2035-12-31T03:04:05Z');
  });

  it('answers with broken JSON', async () => {
    const { status, text } = await underFault({ kind: 'invalid-json' });
    assert.equal(status, 200);
    assert.throws(() => JSON.parse(text) as unknown);
  });

  it('lets the whole body trickle in', async () => {
    assert.equal((await underFault({ kind: 'slow-body', milliseconds: 20 })).body.Code, 'success');
  });

  it('uses up the nonce of a call that a fault has hit, so that a retry must sign anew', async () => {
    simulator.faults.add({ match: {}, effect: { kind: 'throttle' }, times: 1 });
    await getToken({ nonce: 'once' });
    assert.equal((await getToken({ nonce: 'once' })).body.Code, 'SignatureNonceUsed');
  });

  it('is throttled for one account only', async () => {
    simulator.faults.add({ match: { accountId: demoNames.partnerAccountId }, effect: { kind: 'throttle' } });
    assert.equal((await getToken()).status, 200);
  });

  it('reaches the metadata service', async () => {
    simulator.faults.add({ match: { action: 'metadata.*' }, effect: { kind: 'error', status: 500, code: 'x' } });
    assert.equal((await send(simulator.url, 'GET', '/latest/meta-data/region-id')).status, 500);
  });
});
