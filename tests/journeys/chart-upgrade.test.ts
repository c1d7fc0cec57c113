import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFolder, helm, renderChart, type ChartValues, type Manifest } from '../fixtures/chart.ts';
import { makeDeploymentsReady } from '../fixtures/ready-deployments.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { mustRun, type CommandResult } from '../real-parts/run-command.ts';

const release = 'acr-credential-helper';
const namespace = 'kube-system';
const distributed: ChartValues = { mode: 'distributed', redis: { bundled: { enabled: true } } };
const keptKey = 'Secret/acr-credential-helper-seal-key';

describe('a release through its life on a real API server, by helm --wait', function () {
  this.timeout(90_000);
  let controlPlane: ControlPlane;
  let folder: string;
  let stopReadying: () => Promise<void>;

  before(async () => {
    [controlPlane, folder] = await Promise.all([startControlPlane(), mkdtemp(join(tmpdir(), 'acr-upgrade-'))]);
    stopReadying = makeDeploymentsReady(controlPlane);
  });

  after(async () => {
    await stopReadying?.();
    await controlPlane?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function withHelm(args: readonly string[], values: ChartValues = {}): Promise<CommandResult> {
    const environment = { KUBECONFIG: controlPlane.kubeconfigPath, HOME: folder };
    return helm([...args, '--namespace', namespace, '--wait', '--timeout', '60s'], values, environment);
  }

  async function mustHelm(args: readonly string[], values: ChartValues = {}): Promise<string> {
    const { exitCode, stdout, stderr } = await withHelm(args, values);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  }

  it('an installation is ready, and has what the chart renders and nothing else', async () => {
    const notes = await mustHelm(['install', release, chartFolder()]);
    assert.match(notes, /runs standalone in kube-system/);
    assert.deepEqual(await living(), await rendered({}));
  });

  it('an upgrade to mode distributed leaves nothing of standalone behind, no right either', async () => {
    const notes = await mustHelm(['upgrade', release, chartFolder()], distributed);
    assert.match(notes, /bundled Redis is for trials/);
    assert.deepEqual(await living(), await rendered(distributed));
  });

  it('an upgrade without a Redis is refused and changes nothing', async () => {
    const { exitCode, stderr } = await withHelm(['upgrade', release, chartFolder()], { mode: 'distributed' });
    assert.equal(exitCode, 1);
    assert.match(stderr, /mode distributed needs a Redis: set redis\.url/);
    assert.deepEqual(await living(), await rendered(distributed));
  });

  it('a rollback to standalone takes the roles away, and keeps the seal key', async () => {
    await mustHelm(['rollback', release, '1']);
    assert.deepEqual(await living(), [...(await rendered({})), keptKey].toSorted());
  });

  it('a removal leaves the seal key alone', async () => {
    await mustHelm(['uninstall', release]);
    assert.deepEqual(await living(), [keptKey]);
  });

  it('--reset-then-reuse-values keeps the values of a release whose chart knew less, with the defaults of this one', async () => {
    const older = join(folder, 'older');
    await mkdir(join(older, 'templates'), { recursive: true });
    await writeFile(join(older, 'Chart.yaml'), `apiVersion: v2\nname: ${release}\nversion: 0.0.1\nappVersion: 0.0.1\n`);
    await writeFile(join(older, 'values.yaml'), 'mode: standalone\n');
    await mustHelm(['install', release, older], { logLevel: 'debug' });
    await mustHelm([
      'upgrade',
      release,
      chartFolder(),
      '--reset-then-reuse-values',
      '--set',
      'cleanupOnUninstall=true',
    ]);
    const { text } = await controlPlane.request({
      path: `/apis/apps/v1/namespaces/${namespace}/deployments/${release}`,
    });
    assert.match(text, /--log-level=debug/);
    await mustHelm(['uninstall', release, '--no-hooks']);
  });

  /** What bears the label of the release, wherever it is: `Kind/name`. */
  async function living(): Promise<readonly string[]> {
    const selector = ['--all-namespaces', '-l', `app.kubernetes.io/instance=${release}`, '-o', 'json'];
    const { stdout } = await mustRun(controlPlane.kubectl, [
      '--kubeconfig',
      controlPlane.kubeconfigPath,
      'get',
      kinds.join(','),
      ...selector,
    ]);
    return (JSON.parse(stdout) as { readonly items: readonly Manifest[] }).items.map(nameOf).toSorted();
  }
});

const kinds = [
  'deployments',
  'services',
  'serviceaccounts',
  'secrets',
  'configmaps',
  'roles',
  'rolebindings',
  'clusterroles',
  'clusterrolebindings',
  'poddisruptionbudgets',
  'networkpolicies',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'jobs',
  'pods',
] as const;

/** Without hooks. */
async function rendered(values: ChartValues): Promise<readonly string[]> {
  const manifests = await renderChart(values, { name: release, namespace });
  return manifests
    .filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined)
    .map(nameOf)
    .toSorted();
}

function nameOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}
