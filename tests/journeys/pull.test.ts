import assert from 'node:assert/strict';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { registryTokenIssuer } from '../../deploy/simulators/alibaba-cloud/registry-token-endpoint.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { startHelperProcess, type HelperProcess } from '../fixtures/helper-process.ts';
import { pusherConfig } from '../fixtures/pusher-config.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { pullTinyImage, pushTinyImage } from '../real-parts/crane.ts';
import { startRegistry, type Registry } from '../real-parts/registry.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

describe('from an empty namespace to a pulled image', function () {
  this.timeout(120_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let registry: Registry;
  let helper: HelperProcess;
  let image: string;

  before(async () => {
    cloud = await startAlibabaCloudSimulator();
    [controlPlane, registry] = await Promise.all([
      startControlPlane(),
      startRegistry({
        tokenRealm: cloud.registryTokenUrl,
        service: demoNames.instanceId,
        issuer: registryTokenIssuer,
        rootCertificatePem: cloud.registryCertificatePem,
      }),
    ]);
    cloud.world.update(() =>
      createDemoWorld({ registryTokenSeconds: tokenSeconds, instanceUserDomains: [registry.host] }),
    );
    cluster = new ClusterClient(controlPlane);
    image = `${registry.host}/shop/web:1`;
    const pushed = await pushTinyImage(image, 'hello from the registry', await pusherConfig(cloud, registry.host));
    assert.equal(pushed.exitCode, 0, pushed.stderr);
    await cluster.writeConfigMap({
      'watch-namespace': 'all',
      'service-account': '*',
      'acr-registry-info': `- instanceId: "${demoNames.instanceId}"\n  regionId: "${demoNames.regionId}"\n`,
    });
    helper = startHelperProcess(
      ['--kubeconfig', controlPlane.kubeconfigPath, '--openapi-endpoint', cloud.url, '--ops-address', '127.0.0.1:0'],
      { ALIBABA_CLOUD_IMDS_ENDPOINT: cloud.url },
    );
    await helper.opsUrl();
  });

  after(async () => {
    await helper?.stop();
    await Promise.all([controlPlane?.stop(), registry?.stop(), cloud?.stop()]);
  });

  it('a client with nothing but the Secret’s .dockerconfigjson pulls, in a namespace that was made a moment ago', async () => {
    await cluster.createNamespace('shop');
    const config = await cluster.untilServed('shop');
    assert.deepEqual(await pullTinyImage(image, config), { kind: 'pulled', text: 'hello from the registry' });
  });

  it('a client without it is refused', async () => {
    assert.equal((await pullTinyImage(image, undefined)).kind, 'refused');
  });

  it('after the token expired the old content fails and the renewed one pulls', async () => {
    const old = await cluster.untilServed('shop');
    const renewed = await waitUntil('the Secret to be renewed', 2 * tokenSeconds, async () => {
      const current = await cluster.dockerConfig('shop');
      return current !== undefined && current !== old ? current : undefined;
    });
    await waitUntil('the old token to expire', 2 * tokenSeconds, async () =>
      (await pullTinyImage(image, old)).kind === 'refused' ? true : undefined,
    );
    const current = (await cluster.dockerConfig('shop')) ?? renewed;
    assert.deepEqual(await pullTinyImage(image, current), { kind: 'pulled', text: 'hello from the registry' });
  });

  it('the cloud saw no call that breaks its rules', () => {
    assert.deepEqual(cloud.violations(), []);
  });
});

const tokenSeconds = 20;
