import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFolder, helm, renderText, type ChartValues, type Manifest } from '../fixtures/chart.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { deployedRole } from '../fixtures/deployed-role.ts';
import { operatorCustomResources } from '../fixtures/operator-kinds.ts';
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

  for (const overlay of ['local', 'production']) {
    it(`nor to the kustomize overlay "${overlay}"`, async () => {
      const { stdout } = await kubectl([
        'kustomize',
        join(repositoryRoot(), 'deploy', 'kustomize', 'overlays', overlay),
      ]);
      const { stderr } = await kubectl(
        ['apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', '-'],
        stdout,
      );
      assert.doesNotMatch(stderr, /would violate|[Ww]arning/);
    });
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

  it('removing a release with cleanupOnUninstall removes what the helper wrote', async () => {
    await cluster.createNamespace('shop');
    await writeAsHelper('shop');
    await mustHelm(['install', 'gone', chartFolder(), '--namespace', 'kube-system'], { cleanupOnUninstall: true });
    const dryRun = await runCleanup(['--dry-run', '--output', 'json'], { KUBECONFIG: controlPlane.kubeconfigPath });
    const { references, secrets } = JSON.parse(dryRun.stdout) as { references: number; secrets: number };
    assert.deepEqual([references, secrets, dryRun.exitCode], [1, 1, 0], dryRun.stderr);
    assert.deepEqual(await cluster.pullSecrets('shop', 'default'), ['theirs', secretName], 'a dry run changes nothing');
    const removal = withHelm(['uninstall', 'gone', '--namespace', 'kube-system', '--timeout', '60s']);
    const jobPath = '/apis/batch/v1/namespaces/kube-system/jobs/gone-acr-credential-helper-cleanup';
    // Nothing runs pods here: the test is the kubelet and the job controller.
    const job = await waitUntil('the job of the clean-up', 40, () => get(jobPath));
    const role = await deployedRole(
      { ...job, metadata: { ...job.metadata, namespace: 'kube-system' } },
      { controlPlane, folder, cloudUrl: 'http://127.0.0.1:9' },
    );
    const run = await runCleanup(role.args, role.environment);
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

  function runCleanup(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<CommandResult> {
    return runCommand(process.execPath, [join(repositoryRoot(), 'dist', 'main.js'), 'cleanup', ...args], {
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
