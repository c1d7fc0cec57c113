import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { createServiceAccountIssuer } from '../../deploy/simulators/alibaba-cloud/open-id-provider.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const registry = { instanceId: demoNames.instanceId, regionId: demoNames.regionId };
const rrsaFields = { rrsaRoleARN: demoNames.rrsaRoleArn, rrsaOIDCProviderRoleARN: demoNames.oidcProviderArn };

describe('RRSA that is switched on after the configuration', function () {
  this.timeout(60_000);
  let folder: string;
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let helper: HelperProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-rrsa-'));
    const serviceAccounts = createServiceAccountIssuer(demoNames.oidcIssuer);
    [controlPlane, cloud] = await Promise.all([
      startControlPlane(),
      startAlibabaCloudSimulator({ world: createDemoWorld({ openIdKeys: [serviceAccounts.publicKey] }) }),
    ]);
    cluster = new ClusterClient(controlPlane);
    await cluster.createNamespace('shop');
    await cluster.writeConfigMap({ 'watch-namespace': 'shop', 'acr-registry-info': registryInfo(registry) });
    const tokenFile = join(folder, 'token');
    helper = startHelper({ controlPlane, cloud, environment: { ALIBABA_CLOUD_OIDC_TOKEN_FILE: tokenFile } });
    await cluster.untilServed('shop');
    // The kubelet mounts the token only now.
    const token = serviceAccounts.mintToken({
      namespace: 'kube-system',
      serviceAccount: 'aliyun-acr-credential-helper',
      audience: demoNames.oidcAudience,
      issuedAt: Date.now(),
      lifetimeSeconds: 3600,
    });
    await writeFile(tokenFile, token);
  });

  after(async () => {
    await helper?.stop();
    await Promise.all([controlPlane?.stop(), cloud?.stop(), rm(folder, { recursive: true, force: true })]);
  });

  it('works without a restart: the next token is signed by the role, and replaces the old one in place', async () => {
    const byWorkerRole = await cluster.dockerConfig('shop');
    await cluster.writeConfigMap({
      'watch-namespace': 'shop',
      rrsa: 'enable: true',
      'acr-registry-info': registryInfo({ ...registry, ...rrsaFields }),
    });
    await waitUntil('the token of the role', 20, async () =>
      (await cluster.dockerConfig('shop')) === byWorkerRole ? undefined : true,
    );
    assert.equal(cloud.calls.count({ action: 'AssumeRoleWithOIDC' }), 1);
    assert.deepEqual(cloud.violations(), []);
  });
});
