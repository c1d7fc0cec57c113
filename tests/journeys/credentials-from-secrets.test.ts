import assert from 'node:assert/strict';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { passwordsOf, registryInfo, startHelper, tokenCalls, untilLogged } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const host = 'demo-registry.cn-hangzhou.cr.aliyuncs.com';
const mirrored = 'registry.example.com';
const { pullerKey, pusherKey } = demoNames;

describe('key pairs and docker configs that are kept in Secrets', function () {
  this.timeout(60_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let helper: HelperProcess;

  before(async () => {
    [controlPlane, cloud] = await Promise.all([startControlPlane(), startAlibabaCloudSimulator()]);
    cloud.world.update(() => createDemoWorld());
    cluster = new ClusterClient(controlPlane);
    await Promise.all(['everything', 'only-key', 'only-mirror'].map((name) => cluster.createNamespace(name)));
    await writeKeyPair(pullerKey.id, 'not-the-secret-of-this-key');
    await cluster.writeConfigMap({
      'watch-namespace': 'everything,only-*',
      'acr-registry-info': registryInfo(
        {
          instanceId: demoNames.instanceId,
          regionId: demoNames.regionId,
          domains: host,
          accessKeySecretRef: 'acr-key',
          namespaces: 'everything,only-key',
        },
        { pullSecretRef: 'other-registry', namespaces: 'everything,only-mirror' },
      ),
    });
    helper = startHelper({ controlPlane, cloud });
    await helper.opsUrl();
  });

  after(async () => {
    await helper?.stop();
    await Promise.all([controlPlane?.stop(), cloud?.stop()]);
  });

  async function writeKeyPair(id: string, secret: string): Promise<void> {
    await cluster.writeSecret('kube-system', 'acr-key', { 'access-key-id': id, 'access-key-secret': secret });
  }

  async function writeMirror(auths: Readonly<Record<string, string>>): Promise<void> {
    const logins = Object.entries(auths).map(([name, password]) => [
      name,
      { auth: Buffer.from(`user:${password}`).toString('base64') },
    ]);
    const text = JSON.stringify({ auths: Object.fromEntries(logins) as object });
    await cluster.writeSecret('kube-system', 'other-registry', { '.dockerconfigjson': text });
  }

  /** Waits until the host has this password in the Secret; answers with all hosts. */
  async function untilPassword(namespace: string, at: string, password: string, name?: string): Promise<string[]> {
    return waitUntil(`${at} in ${namespace} to have another password`, 10, async () => {
      const passwords = passwordsOf((await cluster.dockerConfig(namespace, name)) ?? '{"auths":{}}');
      return passwords[at] === password ? Object.keys(passwords) : undefined;
    });
  }

  it('a wrong pair and a Secret that is not there are named in the log with what to do', async () => {
    await untilLogged(helper, '"code":"cloud-signature-refused"');
    await untilLogged(helper, '"code":"mirror-secret-missing"');
    assert.match(helper.output(), /pullSecretRef other-registry: there is no such Secret/);
    assert.match(helper.output(), /check customAccessKeySecret or the referenced Secret/);
    assert.equal(await cluster.dockerConfig('everything'), undefined);
  });

  it('the corrected pair is used within seconds, although only a person could mend it', async () => {
    await writeKeyPair(pullerKey.id, pullerKey.secret);
    const config = await cluster.untilServed('everything', 'default', 10);
    assert.deepEqual(Object.keys(passwordsOf(config)), [host]);
    await cluster.untilServed('only-key');
  });

  it('a mirrored docker config that is made later goes into the Secrets of its namespaces, and of no other', async () => {
    await writeMirror({ [mirrored]: 'first' });
    assert.deepEqual(await untilPassword('everything', mirrored, 'first'), [host, mirrored]);
    assert.deepEqual(await untilPassword('only-mirror', mirrored, 'first'), [mirrored]);
    assert.deepEqual(Object.keys(passwordsOf((await cluster.dockerConfig('only-key')) ?? '')), [host]);
  });

  it('is followed when it changes', async () => {
    await writeMirror({ [mirrored]: 'second' });
    await untilPassword('everything', mirrored, 'second');
    await untilPassword('only-mirror', mirrored, 'second');
  });

  it('a rotated key pair is used at once', async () => {
    const calls = tokenCalls(cloud);
    await writeKeyPair(pusherKey.id, pusherKey.secret);
    await waitUntil('a call with the new key', 10, async () =>
      cloud.calls.count({ action: 'GetAuthorizationToken', accessKeyId: pusherKey.id }) > 0 ? true : undefined,
    );
    assert.equal(tokenCalls(cloud), calls + 1);
  });

  it('a second credential for the same host goes into a second Secret, and accounts get both references', async () => {
    await writeMirror({ [mirrored]: 'second', [host]: 'of-the-mirror' });
    await untilPassword('everything', host, 'of-the-mirror', `${secretName}-1`);
    const names = await waitUntil('both references', 10, async () => {
      const names = await cluster.pullSecrets('everything', 'default');
      return names.length === 2 ? names : undefined;
    });
    assert.deepEqual(names, [secretName, `${secretName}-1`]);
    assert.notEqual(passwordsOf((await cluster.dockerConfig('everything')) ?? '')[host], 'of-the-mirror');
    assert.deepEqual(await cluster.pullSecrets('only-mirror', 'default'), [secretName]);
  });

  it('the second Secret comes back when somebody deletes it', async () => {
    await new ClusterClient(controlPlane, `${secretName}-1`).deleteSecret('everything');
    await untilPassword('everything', host, 'of-the-mirror', `${secretName}-1`);
  });

  it('goes away, reference first, when nothing needs it any more', async () => {
    await writeMirror({ [mirrored]: 'third' });
    await waitUntil('the second Secret to go', 10, async () =>
      (await cluster.dockerConfig('everything', `${secretName}-1`)) === undefined ? true : undefined,
    );
    assert.deepEqual(await cluster.pullSecrets('everything', 'default'), [secretName]);
  });

  it('no secret of a Secret was logged', () => {
    for (const secret of [pullerKey.secret, pusherKey.secret, 'not-the-secret-of-this-key', 'of-the-mirror']) {
      assert.ok(!helper.output().includes(secret));
    }
  });
});
