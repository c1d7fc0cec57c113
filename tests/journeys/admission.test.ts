import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { watchBornAccounts } from '../fixtures/born-accounts.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { freeLoopbackPort } from '../real-parts/loopback-port.ts';
import { runCommand } from '../real-parts/run-command.ts';
import { openScratch, type Scratch } from '../real-parts/scratch.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const group = '/apis/admissionregistration.k8s.io/v1';
const policyPath = `${group}/mutatingadmissionpolicies/acr-credential-helper`;
const webhookPath = `${group}/mutatingwebhookconfigurations/acr-credential-helper`;
const guardPath = `${group}/validatingwebhookconfigurations/acr-credential-helper`;

/** Kubernetes before 1.36 has no MutatingAdmissionPolicy v1: the same binary behaves like that when it is told to. */
const older = ['--emulated-version=1.35'];

describe('accounts and pods are born with the reference', function () {
  this.timeout(120_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let helper: HelperProcess;
  let scratch: Scratch;
  let port: number;
  let names = 0;

  const configuration = {
    'watch-namespace': 'all',
    'service-account': '*,!robot-*',
    'acr-registry-info': registryInfo({ instanceId: demoNames.instanceId, regionId: demoNames.regionId }),
    'webhook-configuration': 'enable: true\ntimeout-seconds: 30\n',
    'admission-pods': 'true',
  };

  before(async () => {
    scratch = openScratch('admission');
    [controlPlane, cloud, port] = await Promise.all([
      startControlPlane({ apiServerArguments: older }),
      startAlibabaCloudSimulator({ world: createDemoWorld() }),
      freeLoopbackPort(),
    ]);
    cluster = new ClusterClient(controlPlane);
    await cluster.writeConfigMap(configuration);
    helper = start();
  });

  after(async () => {
    await helper?.stop();
    await Promise.all([controlPlane?.stop(), cloud?.stop(), scratch?.remove()]);
  });

  function start(): HelperProcess {
    const url = `https://127.0.0.1:${port}`;
    const more = ['--webhook-address', `127.0.0.1:${port}`, '--webhook-url', url];
    return startHelper({ controlPlane, cloud, more });
  }

  async function exists(path: string): Promise<boolean> {
    return (await controlPlane.request({ path })).status === 200;
  }

  async function untilExists(path: string, wanted: boolean): Promise<void> {
    await waitUntil(`${path} ${wanted ? 'to come' : 'to go'}`, 60, async () =>
      (await exists(path)) === wanted ? true : undefined,
    );
  }

  /** Creates an account (`dryRun`: not really) and answers with its references as they are in the answer. */
  async function born(namespace: string, body: Record<string, unknown> = {}, query = ''): Promise<readonly string[]> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts${query}`;
    const metadata = { name: `account-${names++}`, ...(body['metadata'] as object | undefined) };
    const { status, text } = await controlPlane.request({ method: 'POST', path, body: { ...body, metadata } });
    assert.equal(status, 201, text);
    const { imagePullSecrets } = JSON.parse(text) as { imagePullSecrets?: { name: string }[] };
    return imagePullSecrets?.map(({ name }) => name) ?? [];
  }

  /** An API server takes a second or two until it uses what was registered. */
  async function untilBornAttached(namespace: string): Promise<void> {
    await waitUntil('accounts to be born with the reference', 60, async () =>
      (await born(namespace)).includes(secretName) ? true : undefined,
    );
  }

  async function podPullSecrets(namespace: string, spec: Record<string, unknown>): Promise<readonly string[]> {
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const body = { metadata: { name: 'pod' }, spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec } };
    const { status, text } = await controlPlane.request({ method: 'POST', path, body });
    assert.equal(status, 201, text);
    return (
      (JSON.parse(text) as { spec: { imagePullSecrets?: { name: string }[] } }).spec.imagePullSecrets?.map(
        ({ name }) => name,
      ) ?? []
    );
  }

  /** 500 accounts in 50 namespaces that are made a moment before. */
  async function burst(prefix: string): Promise<void> {
    const watch = await watchBornAccounts(controlPlane);
    const namespaces = Array.from({ length: 50 }, (_item, index) => `${prefix}-${index}`);
    for (let start = 0; start < namespaces.length; start += 10) {
      await Promise.all(
        namespaces.slice(start, start + 10).map(async (namespace) => {
          await cluster.createNamespace(namespace);
          await Promise.all(
            Array.from({ length: 10 }, (_item, index) => cluster.createAccount(namespace, `burst-${index}`)),
          );
        }),
      );
    }
    const ofBurst = () => [...watch.seen].filter(([key]) => key.startsWith(`${prefix}-`));
    // Each namespace has an account `default` besides.
    await waitUntil('the watch to show every account', 60, async () =>
      ofBurst().length >= 550 ? true : undefined,
    ).catch((error: unknown) => assert.fail(`${String(error)}: ${ofBurst().length} of 550 so far; ${watch.ended()}`));
    watch.stop();
    assert.deepEqual(
      ofBurst().filter(([, pullSecrets]) => !pullSecrets.includes(secretName)),
      [],
    );
  }

  /** The upgrade of a cluster: the webhook was registered before, and goes once the policy works, without an account in between. */
  async function upgrade(namespace: string): Promise<void> {
    await controlPlane.restartApiServer([]);
    await waitUntil('the policy to take over from the webhook', 60, async () => {
      assert.deepEqual(await born(namespace), [secretName]);
      return (await exists(webhookPath)) ? undefined : true;
    });
    // The controller that makes them comes back at its own pace.
    await cluster.createNamespace('after-upgrade');
    await untilExists('/api/v1/namespaces/after-upgrade/serviceaccounts/default', true);
  }

  for (const mode of ['webhook', 'policy'] as const) {
    describe(`by a ${mode}`, () => {
      const namespace = `shop-${mode}`;

      before(`registers a ${mode}`, async () => {
        await cluster.createNamespace(namespace);
        if (mode === 'policy') await upgrade(namespace);
        await untilExists(mode === 'policy' ? policyPath : webhookPath, true);
        await untilBornAttached(namespace);
      });

      it('all 500 accounts of a burst carry the reference from their first watch event on', () =>
        burst(`burst-${mode}`));

      it('what an account brings is kept, and in front', async () => {
        assert.deepEqual(await born(namespace, { imagePullSecrets: [{ name: 'mine' }] }), ['mine', secretName]);
      });

      it('a dry run shows the reference and leaves nothing', async () => {
        const body = { metadata: { name: 'dry' } };
        assert.deepEqual(await born(namespace, body, '?dryRun=All'), [secretName]);
        assert.equal(await exists(`/api/v1/namespaces/${namespace}/serviceaccounts/dry`), false);
      });

      it('an account that is excluded or opted out is left as it is', async () => {
        assert.deepEqual(await born(namespace, { metadata: { name: 'robot-1' } }), []);
        const annotations = { 'acr-credential-helper/ignore': 'true' };
        assert.deepEqual(await born(namespace, { metadata: { annotations } }), []);
      });

      it('an account whose name the API server makes up is born with the reference', async () => {
        assert.deepEqual(await born(namespace, { metadata: { name: '', generateName: 'made-up-' } }), [secretName]);
      });

      it('a pod that brings its own list gets ours behind it', async () => {
        await cluster.untilServed(namespace);
        assert.deepEqual(await podPullSecrets(namespace, { imagePullSecrets: [{ name: 'mine' }] }), [
          'mine',
          secretName,
        ]);
        assert.deepEqual(await podPullSecrets(namespace, {}), [secretName]);
      });

      it('a broken edit of the configuration is refused in the editor’s terminal with the text of check', async () => {
        await untilExists(guardPath, true);
        const editor = `${scratch.folder}/editor.sh`;
        await writeFile(editor, '#!/bin/sh\nsed -i "s/timeout-seconds: 30/timeout-seconds: soon/" "$1"\n', {
          mode: 0o755,
        });
        const edit = [
          '--kubeconfig',
          controlPlane.kubeconfigPath,
          '-n',
          'kube-system',
          'edit',
          'configmap',
          'acr-configuration',
        ];
        const stderr = await waitUntil('the refusal', 30, async () => {
          const result = await runCommand(controlPlane.kubectl, edit, { env: { ...process.env, EDITOR: editor } });
          await cluster.writeConfigMap(configuration);
          return result.exitCode === 0 ? undefined : result.stderr;
        });
        assert.match(stderr, /webhook-configuration:2:\d+ error \S+ /);
        assert.match(stderr, /\d \| timeout-seconds: soon/);
      });

      it('without the helper accounts and pods are created all the same', async () => {
        await helper.stop();
        const references = mode === 'policy' ? [secretName] : [];
        assert.deepEqual(await born(namespace), references);
        const spec = { imagePullSecrets: [{ name: 'mine' }] };
        assert.deepEqual(await podPullSecrets(namespace, spec), ['mine', ...references]);
        helper = start();
        await untilBornAttached(namespace);
      });
    });
  }

  describe('switched off', () => {
    it('leaves nothing of what was registered', async () => {
      await cluster.writeConfigMap({ ...configuration, 'webhook-configuration': 'enable: false' });
      for (const path of [policyPath, webhookPath, guardPath]) await untilExists(path, false);
    });
  });
});
