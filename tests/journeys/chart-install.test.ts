import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  chartFolder,
  helm,
  parseManifests,
  renderChart,
  renderText,
  type ChartValues,
  type Manifest,
} from '../fixtures/chart.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { deployedRole } from '../fixtures/deployed-role.ts';
import { operatorCustomResources } from '../fixtures/operator-kinds.ts';
import { distributedValues } from '../manifests/manifests.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { mustRun, runCommand, type CommandResult } from '../real-parts/run-command.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const everything: ChartValues = {
  cleanupOnUninstall: true,
  webhook: { enabled: true },
  monitoring: {
    serviceMonitor: { enabled: true },
    prometheusRule: { enabled: true },
    dashboards: { enabled: true },
  },
};
const variants: Readonly<Record<string, ChartValues>> = {
  'its defaults': {},
  'nothing but what is needed': {
    rrsa: { mountToken: false },
    managedRole: { tokenSecret: '' },
    priorityClassName: '',
  },
  'everything switched on, standalone': everything,
  'everything switched on, distributed': {
    ...everything,
    mode: 'distributed',
    redis: { bundled: { enabled: true } },
    writer: { autoscaling: { enabled: true } },
  },
};

describe('installing on a real API server', function () {
  this.timeout(90_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let folder: string;

  before(async () => {
    [controlPlane, folder] = await Promise.all([startControlPlane(), mkdtemp(join(tmpdir(), 'acr-install-'))]);
    cluster = new ClusterClient(controlPlane);
    const restricted = 'pod-security.kubernetes.io/';
    await cluster.createNamespace('strict', {
      [`${restricted}enforce`]: 'restricted',
      [`${restricted}warn`]: 'restricted',
    });
    await kubectl(['label', 'namespace', 'kube-system', `${restricted}warn=restricted`]);
    await kubectl(['apply', '-f', '-'], JSON.stringify(operatorCustomResources()));
    await kubectl(['wait', '--for=condition=Established', '--all', 'crd', '--timeout=30s']);
  });

  after(async () => {
    await controlPlane?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function kubectl(args: readonly string[], input = ''): Promise<CommandResult> {
    return mustRun(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfigPath, ...args], { input });
  }

  function withHelm(args: readonly string[], values: ChartValues = {}): Promise<CommandResult> {
    const environment = { KUBECONFIG: controlPlane.kubeconfigPath, HOME: folder };
    return helm(args, values, environment);
  }

  async function mustHelm(args: readonly string[], values: ChartValues = {}): Promise<void> {
    const { exitCode, stderr } = await withHelm(args, values);
    assert.equal(exitCode, 0, stderr);
  }

  async function get(path: string): Promise<Manifest | undefined> {
    const { status, text } = await controlPlane.request({ path });
    return status === 200 ? (JSON.parse(text) as Manifest) : undefined;
  }

  for (const [what, values] of Object.entries(variants)) {
    it(`strict validation and Pod Security "restricted" have no objection to ${what}`, async () => {
      const text = await renderText(values, { namespace: 'strict' });
      const { stderr } = await kubectl(
        ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
        text,
      );
      assert.doesNotMatch(stderr, /would violate|[Ww]arning/);
    });
  }

  for (const overlay of ['local', 'production', 'distributed']) {
    it(`nor to the kustomize overlay "${overlay}"`, async () => {
      const { stderr } = await kubectl(
        ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
        await kustomized(overlay),
      );
      assert.doesNotMatch(stderr, /would violate|[Ww]arning/);
    });
  }

  it('the kustomize overlay "distributed" makes what the chart makes in mode distributed: the same rights, pods and policies', async () => {
    const { monitoring, webhook } = everything;
    const byChart = await renderChart({ ...distributedValues, monitoring, webhook });
    const byKustomize = parseManifests(await kustomized('distributed'));
    assert.deepEqual(contentsOf(byKustomize), contentsOf(byChart));
  });

  async function kustomized(overlay: string): Promise<string> {
    const folderOfIt = join(repositoryRoot(), 'deploy', 'kustomize', 'overlays', overlay);
    return (await kubectl(['kustomize', folderOfIt])).stdout;
  }

  it('upgrade, rollback, removal and a new installation find the same seal key and the same password of the bundled Redis', async () => {
    const values = { mode: 'distributed', redis: { bundled: { enabled: true } } };
    const release = ['acr', chartFolder(), '--namespace', 'keys'];
    const keyOf = async (name: string, key: string) =>
      (await get(`/api/v1/namespaces/keys/secrets/acr-acr-credential-helper-${name}`))?.['data'][key] as string;
    await mustHelm(['install', ...release, '--create-namespace'], values);
    const first = await keyOf('seal-key', 'seal-key');
    const password = await keyOf('redis', 'password');
    assert.equal(Buffer.from(Buffer.from(first, 'base64').toString(), 'base64').length, 32);
    await mustHelm(['upgrade', ...release], { ...values, logLevel: 'debug' });
    assert.deepEqual([await keyOf('seal-key', 'seal-key'), await keyOf('redis', 'password')], [first, password]);
    await mustHelm(['rollback', 'acr', '1', '--namespace', 'keys']);
    assert.deepEqual([await keyOf('seal-key', 'seal-key'), await keyOf('redis', 'password')], [first, password]);
    await mustHelm(['uninstall', 'acr', '--namespace', 'keys']);
    assert.equal(await keyOf('seal-key', 'seal-key'), first);
    await mustHelm(['install', ...release], values);
    assert.equal(await keyOf('seal-key', 'seal-key'), first);
    await mustHelm(['uninstall', 'acr', '--namespace', 'keys']);
  });

  it('says what to do where the ConfigMap or the account exists already', async () => {
    await cluster.createNamespace('taken');
    await cluster.writeConfigMap({ 'watch-namespace': 'all' }, 'taken');
    await cluster.createAccount('taken', 'aliyun-acr-credential-helper');
    const install = (values: ChartValues) =>
      withHelm(['install', 'taken', chartFolder(), '--namespace', 'taken'], values);
    const configuration = { create: false };
    assert.match(
      (await install({ serviceAccounts: { fetcher: { create: false } } })).stderr,
      /configuration\.create=false/,
    );
    assert.match((await install({ configuration })).stderr, /serviceAccounts\.fetcher\.create=false/);
    const { exitCode, stderr } = await install({ configuration, serviceAccounts: { fetcher: { create: false } } });
    assert.equal(exitCode, 0, stderr);
    await mustHelm(['uninstall', 'taken', '--namespace', 'taken']);
    assert.ok(await get('/api/v1/namespaces/taken/configmaps/acr-configuration'), 'what was there before stays');
  });

  it('doctor misses no right under the account of the chart but to Secrets of domains, and prints the values that grant these', async () => {
    const registry = {
      instanceId: 'cri-a1b2c3d4e5f6g7h8',
      regionId: 'cn-hangzhou',
      domains: 'acme-registry.cn-hangzhou.cr.aliyuncs.com',
    };
    await cluster.writeConfigMap({ 'secret-naming': 'per-domain', 'acr-registry-info': JSON.stringify([registry]) });
    const release = ['named', chartFolder(), '--namespace', 'kube-system'];
    const values = { configuration: { create: false } };
    await mustHelm(['install', ...release], values);
    const deployment = await get('/apis/apps/v1/namespaces/kube-system/deployments/named-acr-credential-helper');
    assert.ok(deployment);
    const { environment } = await deployedRole(deployment, { controlPlane, folder, cloudUrl: 'http://127.0.0.1:9' });
    const findings = async () => {
      const flags = ['--region', 'cn-hangzhou', '--openapi-endpoint', 'http://127.0.0.1:9', '--output', 'json'];
      const { stdout } = await runHelper('doctor', flags, environment);
      const { checks } = JSON.parse(stdout) as { checks: readonly { check: string; mark: string; remedy?: string }[] };
      return new Map(checks.map(({ check, ...finding }) => [check, finding]));
    };
    const before = await findings();
    assert.deepEqual(
      ['rights', 'configuration', 'Secret names'].map((check) => before.get(check)?.mark),
      ['good', 'good', 'bad'],
    );
    const [printed = ''] = /secrets: .*/.exec(before.get('Secret names')?.remedy ?? '') ?? [];
    await mustHelm(['upgrade', ...release], { ...values, ...(parse(printed) as ChartValues) });
    await waitUntil('the rights to be known', 20, async () =>
      (await findings()).get('Secret names')?.mark === 'good' ? true : undefined,
    );
    await mustHelm(['uninstall', 'named', '--namespace', 'kube-system']);
    await kubectl(['-n', 'kube-system', 'delete', 'configmap', 'acr-configuration']);
  });

  it('removing a release with cleanupOnUninstall removes what the helper wrote', async () => {
    await cluster.createNamespace('shop');
    await writeAsHelper('shop');
    await mustHelm(['install', 'gone', chartFolder(), '--namespace', 'kube-system'], { cleanupOnUninstall: true });
    const dryRun = await runHelper('cleanup', ['--dry-run', '--output', 'json'], {
      KUBECONFIG: controlPlane.kubeconfigPath,
    });
    assert.equal(dryRun.exitCode, 0, dryRun.stderr);
    const { references, secrets } = JSON.parse(dryRun.stdout) as { references: number; secrets: number };
    assert.deepEqual([references, secrets], [1, 1]);
    assert.deepEqual(await cluster.pullSecrets('shop', 'default'), ['theirs', secretName], 'a dry run changes nothing');
    const removal = withHelm(['uninstall', 'gone', '--namespace', 'kube-system', '--timeout', '60s']);
    const jobPath = '/apis/batch/v1/namespaces/kube-system/jobs/gone-acr-credential-helper-cleanup';
    // Nothing runs pods here: the test is the kubelet and the job controller.
    const job = await waitUntil('the job of the clean-up', 40, () => get(jobPath));
    const role = await deployedRole(
      { ...job, metadata: { ...job.metadata, namespace: 'kube-system' } },
      { controlPlane, folder, cloudUrl: 'http://127.0.0.1:9' },
    );
    const run = await runHelper('cleanup', role.args, role.environment);
    assert.equal(run.exitCode, 0, run.stderr);
    await finish(jobPath);
    const { exitCode, stderr } = await removal;
    assert.equal(exitCode, 0, stderr);
    assert.equal(await cluster.dockerConfig('shop'), undefined);
    assert.deepEqual(await cluster.pullSecrets('shop', 'default'), ['theirs']);
    assert.equal(
      await get('/apis/rbac.authorization.k8s.io/v1/clusterroles/gone-acr-credential-helper-cleanup'),
      undefined,
    );
  });

  function runHelper(
    command: 'cleanup' | 'doctor',
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<CommandResult> {
    return runCommand(process.execPath, [join(repositoryRoot(), 'dist', 'main.js'), command, ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      timeoutSeconds: 60,
    });
  }

  /** A namespace as the helper leaves it. */
  async function writeAsHelper(namespace: string): Promise<void> {
    await waitUntil('the account', 20, () => get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`));
    const labels = { 'app.kubernetes.io/managed-by': 'acr-credential-helper' };
    const data = { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') };
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/dockerconfigjson',
      metadata: { name: secretName, namespace, labels },
      data,
    };
    await kubectl(['apply', '-f', '-'], JSON.stringify(secret));
    await cluster.patchAccount(namespace, 'default', ['theirs', secretName]);
  }

  async function finish(jobPath: string): Promise<void> {
    const now = new Date().toISOString().replace(/\.\d+/, '');
    const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: now,
    }));
    const { status, text } = await controlPlane.request({
      method: 'PATCH',
      path: `${jobPath}/status`,
      body: { status: { startTime: now, completionTime: now, succeeded: 1, conditions } },
      contentType: 'application/merge-patch+json',
    });
    assert.equal(status, 200, text);
  }
});

/** By kind and name, without the marks of who made it, what belongs to Helm's hooks, and what an overlay writes into the ConfigMap. */
function contentsOf(manifests: readonly Manifest[]): Readonly<Record<string, unknown>> {
  const kept = manifests.filter(
    ({ metadata }) => metadata.name !== 'acr-configuration' && metadata.annotations?.['helm.sh/hook'] === undefined,
  );
  return Object.fromEntries(
    kept.map(({ kind, metadata, ...content }) => [
      `${kind} ${metadata.name}`,
      JSON.parse(JSON.stringify(content), (key, value: unknown) =>
        /^(?:helm\.sh\/chart|app\.kubernetes\.io\/managed-by)$/.test(key) ? undefined : value,
      ),
    ]),
  );
}
