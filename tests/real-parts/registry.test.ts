import assert from 'node:assert/strict';

import { createStandingClock, type SimulatorClock } from '../../deploy/simulators/alibaba-cloud/clock.ts';
import { demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { registryTokenIssuer } from '../../deploy/simulators/alibaba-cloud/registry-token-endpoint.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { callSigned } from '../../deploy/simulators/alibaba-cloud/testing/official-client.ts';
import { pullTinyImage, pushTinyImage } from './crane.ts';
import { startRegistry, type Registry } from './registry.ts';

describe('the real Docker registry behind the simulated cloud', function () {
  this.timeout(120_000);
  let clock: SimulatorClock;
  let cloud: AlibabaCloudSimulator;
  let registry: Registry;
  let image: string;

  before(async () => {
    clock = createStandingClock(new Date().toISOString());
    cloud = await startAlibabaCloudSimulator({ clock });
    registry = await startRegistry({
      tokenRealm: cloud.registryTokenUrl,
      service: demoNames.instanceId,
      issuer: registryTokenIssuer,
      rootCertificatePem: cloud.registryCertificatePem,
    });
    image = `${registry.host}/team/app:1`;
    const pushed = await pushTinyImage(image, 'hello from the registry', dockerConfig(await newPassword('pusherKey')));
    assert.equal(pushed.exitCode, 0, pushed.stderr);
  });

  after(async () => {
    await registry.stop();
    await cloud.stop();
  });

  const newPassword = async (key: 'pullerKey' | 'pusherKey'): Promise<string> => {
    const answer = await callSigned({
      url: cloud.url,
      host: `cr.${demoNames.regionId}.aliyuncs.com`,
      action: 'GetAuthorizationToken',
      version: '2018-12-01',
      key: demoNames[key],
      at: clock.now(),
      query: { InstanceId: demoNames.instanceId },
    });
    return String(answer.body['AuthorizationToken']);
  };

  const dockerConfig = (password: string): string => {
    const auth = Buffer.from(`cr_temp_user:${password}`).toString('base64');
    return JSON.stringify({ auths: { [registry.host]: { auth } } });
  };

  it('lets a client pull with a temporary password', async () => {
    const pulled = await pullTinyImage(image, dockerConfig(await newPassword('pullerKey')));
    assert.deepEqual(pulled, { kind: 'pulled', text: 'hello from the registry' });
  });

  it('refuses a client without credentials', async () => {
    const pulled = await pullTinyImage(image, undefined);
    assert.ok(pulled.kind === 'refused');
    assert.match(pulled.reason, /UNAUTHORIZED|401/);
  });

  it('refuses a push with the password of a puller', async () => {
    const pushed = await pushTinyImage(image, 'overwritten', dockerConfig(await newPassword('pullerKey')));
    assert.notEqual(pushed.exitCode, 0);
  });

  it('refuses a password after its end', async () => {
    const config = dockerConfig(await newPassword('pullerKey'));
    clock.advance(2 * 3600);
    const pulled = await pullTinyImage(image, config);
    assert.ok(pulled.kind === 'refused');
    assert.match(pulled.reason, /UNAUTHORIZED|401/);
  });
});
