import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { registryTokenIssuer } from '../../deploy/simulators/alibaba-cloud/registry-token-endpoint.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { startHelperProcess, type HelperProcess } from '../fixtures/helper-process.ts';
import { pusherConfig } from '../fixtures/pusher-config.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { pushTinyImage } from '../real-parts/crane.ts';
import { startRegistry, type Registry } from '../real-parts/registry.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { runCommand } from '../real-parts/run-command.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const program = join(repositoryRoot(), 'dist', 'main.js');

describe('plan, explain, status and doctor beside a real API server and registry', function () {
  this.timeout(120_000);
  let folder: string;
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let registry: Registry;
  let helper: HelperProcess | undefined;
  let opsUrl: string;
  let image: string;

  const entry = (instanceId: string): string => `- instanceId: "${instanceId}"\n  regionId: "${demoNames.regionId}"\n`;

  function configure(...instanceIds: readonly string[]): Promise<void> {
    return cluster.writeConfigMap({
      'watch-namespace': 'shop,pay',
      'service-account': '*',
      'acr-registry-info': instanceIds.map(entry).join(''),
    });
  }

  /** One call as a person makes it: no terminal, nothing in the environment. */
  async function call(command: string, ...args: readonly string[]): ReturnType<typeof runCommand> {
    const where = command === 'status' ? [] : ['--kubeconfig', controlPlane.kubeconfigPath];
    return runCommand(process.execPath, [program, command, ...args, ...where], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ALIBABA_CLOUD_IMDS_ENDPOINT: cloud.url },
      timeoutSeconds: 40,
    });
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'acr-commands-'));
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
    cloud.world.update(() => createDemoWorld({ instanceUserDomains: [registry.host] }));
    cluster = new ClusterClient(controlPlane);
    image = `${registry.host}/shop/web:1`;
    const pushed = await pushTinyImage(image, 'hello', await pusherConfig(cloud, registry.host));
    assert.equal(pushed.exitCode, 0, pushed.stderr);
    await configure(demoNames.instanceId);
    await cluster.createNamespace('shop');
    await waitUntil('the account default', 20, async () => {
      const { status } = await controlPlane.request({ path: '/api/v1/namespaces/shop/serviceaccounts/default' });
      return status === 200 ? true : undefined;
    });
  });

  after(async () => {
    await helper?.stop();
    await Promise.all([controlPlane?.stop(), registry?.stop(), cloud?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('plan shows what a helper would write, before there is one, and writes nothing', async () => {
    const { stdout, stderr, exitCode } = await call('plan');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /\+ Secret +shop\/acr-credential-secret-aggregation +1 registry, domains to be fetched\n/);
    assert.match(stdout, /~ ServiceAccount +shop\/default +imagePullSecrets: \+ acr-credential-secret-aggregation\n/);
    assert.match(stdout, /\nPlan: 1 Secret to create, 1 account to attach\. Nothing was written\.\n$/);
    assert.equal(await cluster.dockerConfig('shop'), undefined);
    assert.equal((await call('plan', '--expect-none')).exitCode, 1);
  });

  it('explain says, without a helper, that the Secret is not there', async () => {
    const { stdout, exitCode } = await call('explain', 'shop/default', '--ops-url', 'http://127.0.0.1:9');
    assert.equal(exitCode, 1);
    assert.match(stdout, /^shop\/default can pull from 0 of 1 registry\.\n/);
    assert.match(stdout, /✗ Secret +acr-credential-secret-aggregation is not there\n/);
    assert.match(stdout, /failures are not known: no helper answers at/);
  });

  it('plan has nothing to do once a helper has served the cluster', async () => {
    helper = startHelperProcess(
      ['--kubeconfig', controlPlane.kubeconfigPath, '--openapi-endpoint', cloud.url, '--ops-address', '127.0.0.1:0'],
      { ALIBABA_CLOUD_IMDS_ENDPOINT: cloud.url },
    );
    opsUrl = await helper.opsUrl();
    await cluster.untilServed('shop');
    const { stdout, exitCode } = await call('plan', '--expect-none', '--output', 'json');
    assert.deepEqual([exitCode, (JSON.parse(stdout) as { changes: unknown }).changes], [0, []]);
  });

  it('status says that all can pull, and none of it is a secret', async () => {
    await waitUntil('the status to be good', 30, async () => {
      const { stdout } = await call('status', '--ops-url', opsUrl);
      return stdout.startsWith('The one selected namespace can pull. Next renewal in ') ? true : undefined;
    });
    const json = await call('status', '--ops-url', opsUrl, '--output', 'json');
    const { headline } = JSON.parse(json.stdout) as { headline: { level: string } };
    assert.deepEqual([json.exitCode, headline.level], [0, 'good']);
    assert.doesNotMatch(json.stdout, await passwordOf(cluster));
  });

  it('explain --image asks the registry by the login of the Secret, and shows no token', async () => {
    const { stdout, stderr, exitCode } = await call('explain', 'shop/default', '--ops-url', opsUrl, '--image', image);
    assert.equal(exitCode, 0, `${stdout}${stderr}`);
    assert.match(stdout, /^shop\/default can pull from its 1 registry, and this image\.\n/);
    assert.match(stdout, /✓ reference +attached\b/);
    assert.match(
      stdout,
      new RegExp(`✓ image +${image}: a pod would pull it \\(with the login of Secret ${secretName}\\)`),
    );
    assert.doesNotMatch(`${stdout}${stderr}`, await passwordOf(cluster));
  });

  it('explain --image says that there is no such image, and that no Secret has a login for a host', async () => {
    const absent = await call('explain', 'shop/default', '--ops-url', opsUrl, '--image', `${registry.host}/shop/web:2`);
    assert.equal(absent.exitCode, 1);
    assert.match(absent.stdout, /^shop\/default can pull from its 1 registry, but not this image\.\n/);
    assert.match(absent.stdout, /✗ image .*the registry knows no such image/);
    const foreign = await call('explain', 'shop/default', '--ops-url', opsUrl, '--image', '127.0.0.1:9/shop/web:1');
    assert.equal(foreign.exitCode, 1);
    assert.match(foreign.stdout, /no Secret has a login for 127\.0\.0\.1:9/);
  });

  it('explain says which rule leaves a namespace out', async () => {
    const { stdout, exitCode } = await call('explain', 'kube-public', '--ops-url', opsUrl);
    assert.equal(exitCode, 1);
    assert.match(
      stdout,
      /^kube-public is not selected\.\n\n {2}✗ not selected +watch-namespace "shop,pay" does not match kube-public\n/,
    );
  });

  it('plan --file shows what an edit would take away, and that it would be held back', async () => {
    const file = join(folder, 'edit.yaml');
    writeFileSync(
      file,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: acr-configuration, namespace: kube-system}\ndata:\n  watch-namespace: "nobody"\n  acr-registry-info: |\n    - instanceId: ${demoNames.instanceId}\n      regionId: ${demoNames.regionId}\n`,
    );
    const { stdout, exitCode } = await call('plan', '--file', file);
    assert.equal(exitCode, 0);
    assert.match(stdout, /- ServiceAccount +shop\/default +imagePullSecrets: − acr-credential-secret-aggregation\n/);
    assert.match(stdout, /! The helper would hold this back: 1 of 1 /);
  });

  it('doctor finds that a helper can work here', async () => {
    const { stdout, stderr, exitCode } = await call('doctor', '--openapi-endpoint', cloud.url);
    assert.equal(exitCode, 0, `${stdout}${stderr}`);
    assert.match(stdout, /✓ rights +all \d+ that 4 roles need\n/);
    assert.match(stdout, /✓ watch /);
    assert.match(stdout, /✓ region +cn-hangzhou, by the metadata service\n/);
    assert.match(stdout, /\nA helper can work here[^\n]*Exit code 0\.\n$/);
  });

  it('status and explain name a registry that gives no credential, why, and what to do', async () => {
    await configure(demoNames.instanceId, 'cri-nobodyknowsthis');
    const status = await waitUntil('the status to be bad', 30, async () => {
      const found = await call('status', '--ops-url', opsUrl);
      return found.exitCode === 1 ? found.stdout : undefined;
    });
    assert.match(status, /^There is no credential of cri-nobodyknowsthis: .+\.\n→ .+\n/);
    const { stdout, exitCode } = await call('explain', 'shop/default', '--ops-url', opsUrl);
    assert.equal(exitCode, 1);
    assert.match(stdout, /^shop\/default can pull from 1 of 2 registries\.\n/);
    assert.match(stdout, /✗ cri-nobo…this +no credential: .+\n +→ .+ \(docs\/failure-modes\.md#[a-z-]+\)\n +next try /);
  });
});

/** Matches the token in the Secret of `shop`, as text and inside of `auth`. */
async function passwordOf(cluster: ClusterClient): Promise<RegExp> {
  const { auths } = JSON.parse((await cluster.dockerConfig('shop')) ?? '') as {
    readonly auths: Readonly<Record<string, { readonly password: string; readonly auth: string }>>;
  };
  const [login] = Object.values(auths);
  assert.ok(login !== undefined && login.password.length > 10);
  return new RegExp(
    [login.password, login.auth].map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
  );
}
