import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';

import { createStandingClock, type SimulatorClock } from './clock.ts';
import { demoNames } from './demo-world.ts';
import { isSignedByOneOf, readJwt, type JsonObject } from './json-web-token.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from './start.ts';
import { callSigned, send, type TestAnswer, type TestKey } from './testing/official-client.ts';

describe('registry token endpoint', () => {
  let clock: SimulatorClock;
  let simulator: AlibabaCloudSimulator;
  beforeEach(async () => {
    clock = createStandingClock('2026-01-02T03:04:05Z');
    simulator = await startAlibabaCloudSimulator({ clock });
  });
  afterEach(() => simulator.stop());

  const newPassword = async (key: TestKey = demoNames.pullerKey): Promise<string> => {
    const answer = await callSigned({
      url: simulator.url,
      host: 'cr.cn-hangzhou.aliyuncs.com',
      action: 'GetAuthorizationToken',
      version: '2018-12-01',
      key,
      at: clock.now(),
      query: { InstanceId: demoNames.instanceId },
    });
    return answer.body.AuthorizationToken ?? '';
  };
  const askFor = (
    password: string,
    service: string = demoNames.instanceId,
    username = 'cr_temp_user',
  ): Promise<TestAnswer> => {
    const query = new URLSearchParams({ service, scope: 'repository:team/app:pull,push' });
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return send(simulator.url, 'GET', `/registry-token?${query.toString()}`, { authorization });
  };
  const claimsOf = (answer: TestAnswer): JsonObject => readJwt(String(answer.body['token']))?.claims ?? {};

  it('turns a temporary password into a bearer token that its certificate vouches for', async () => {
    const token = readJwt(String((await askFor(await newPassword())).body['token']));
    assert.ok(token !== undefined);
    const certificate = new X509Certificate(simulator.registryCertificatePem);
    assert.equal(
      isSignedByOneOf(token, [{ ...certificate.publicKey.export({ format: 'jwk' }), kid: kidOf(token) }]),
      true,
    );
    assert.deepEqual(token.header['x5c'], [certificate.raw.toString('base64')]);
    assert.deepEqual([token.claims['iss'], token.claims['aud']], ['alibaba-cloud-simulator', demoNames.instanceId]);
  });

  it('grants a puller only to pull', async () => {
    const claims = claimsOf(await askFor(await newPassword()));
    assert.deepEqual(claims['access'], [{ type: 'repository', name: 'team/app', actions: ['pull'] }]);
  });

  it('grants a pusher to push', async () => {
    const claims = claimsOf(await askFor(await newPassword(demoNames.pusherKey)));
    assert.deepEqual(claims['access'], [{ type: 'repository', name: 'team/app', actions: ['pull', 'push'] }]);
  });

  it('knows the registry by its domain, too', async () => {
    assert.equal((await askFor(await newPassword(), 'demo-registry-vpc.cn-hangzhou.cr.aliyuncs.com')).status, 200);
  });

  it('takes the password from a form, as containerd sends it', async () => {
    const form = new URLSearchParams({
      grant_type: 'password',
      service: demoNames.instanceId,
      scope: 'repository:team/app:pull',
      username: 'cr_temp_user',
      password: await newPassword(),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.equal((await send(simulator.url, 'POST', '/registry-token', headers, form.toString())).status, 200);
  });

  it('refuses a password from its last second on', async () => {
    const password = await newPassword();
    clock.advance(3600);
    assert.equal((await askFor(password)).status, 401);
  });

  it('refuses a password that was never given', async () => {
    assert.equal((await askFor(`${await newPassword()}0`)).status, 401);
  });

  it('refuses another user name', async () => {
    assert.equal((await askFor(await newPassword(), demoNames.instanceId, 'admin')).status, 401);
  });

  it('refuses a password of another registry', async () => {
    assert.equal((await askFor(await newPassword(), demoNames.partnerInstanceId)).status, 401);
  });

  it('refuses whoever brings nothing', async () => {
    const answer = await send(simulator.url, 'GET', `/registry-token?service=${demoNames.instanceId}`);
    assert.deepEqual([answer.status, answer.headers['www-authenticate']], [401, 'Basic realm="registry token"']);
  });

  it('never writes a password into the call log', async () => {
    const password = await newPassword();
    await askFor(password);
    assert.equal(JSON.stringify(simulator.calls.all()).includes(password), false);
  });

  it('records a password in a URL as a violation', async () => {
    const password = encodeURIComponent(await newPassword());
    await send(simulator.url, 'GET', `/registry-token?service=x&password=${password}`);
    assert.deepEqual(
      simulator.violations().map(({ rule }) => rule),
      ['a secret in the URL, in parameter password'],
    );
  });
});

function kidOf(token: { readonly header: JsonObject }): string {
  return String(token.header['kid']);
}
