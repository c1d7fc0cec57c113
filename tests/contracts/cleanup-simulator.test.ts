import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings } from '../../common/runtime/settings.ts';
import { renderKubeconfig } from '../../deploy/simulators/kubernetes-api/kubeconfig.ts';
import { startKubernetesApiSimulator, type Simulator } from '../../deploy/simulators/kubernetes-api/start.ts';
import { cleanup, type CleanupOptions } from '../../services/commands/cleanup.ts';
import type { CleanupResult } from '../../services/commands/cleanup-tally.ts';
import { buildCleanupWorld } from '../../services/wiring-cleanup.ts';

const secretName = 'acr-credential-secret-aggregation';
/** More accounts than a page holds. */
const namespaces = Array.from({ length: 600 }, (_item, index) => `team-${index}`);

describe('cleanup of a cluster that is larger than a page', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let folder: string;

  beforeEach(async () => {
    simulator = await startKubernetesApiSimulator();
    folder = await mkdtemp(join(tmpdir(), 'acr-cleanup-'));
    await writeFile(join(folder, 'kubeconfig'), renderKubeconfig({ url: simulator.url }));
    for (const namespace of namespaces) await populate(namespace);
  });

  afterEach(async () => {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('leaves nothing, and costs one write per account and per Secret', async () => {
    const { references, secrets, failed } = await run();
    assert.deepEqual([references, secrets, failed], [600, 600, 0]);
    assert.deepEqual(await left(), { references: 0, secrets: 0 });
  });

  it('goes on where it was interrupted', async () => {
    const interrupt = ({ references }: CleanupResult): void => {
      if (references === 250) throw new Error('interrupted');
    };
    await assert.rejects(run({ progress: interrupt }), /interrupted/);
    const between = await left();
    assert.ok(between.references > 0 && between.secrets === 600, JSON.stringify(between));
    await run();
    assert.deepEqual(await left(), { references: 0, secrets: 0 });
  });

  async function run(given: Partial<CleanupOptions> = {}): Promise<CleanupResult> {
    const settings = parseSettings({ kubeconfig: join(folder, 'kubeconfig') }, {});
    const { world, ownSecretNames, close } = await buildCleanupWorld(settings, async () => undefined);
    try {
      return await cleanup(world, {
        dryRun: false,
        namespace: 'kube-system',
        secretName,
        ownSecretNames,
        tell: () => undefined,
        progress: () => undefined,
        ...given,
      });
    } finally {
      await close();
    }
  }

  async function populate(namespace: string): Promise<void> {
    await send('/api/v1/namespaces', { metadata: { name: namespace } });
    const labels = { 'app.kubernetes.io/managed-by': 'acr-credential-helper' };
    const type = 'kubernetes.io/dockerconfigjson';
    const data = { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') };
    await send(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name: secretName, labels }, type, data });
    const imagePullSecrets = [{ name: 'theirs' }, { name: secretName }];
    await send(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'web' }, imagePullSecrets });
  }

  async function send(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(simulator.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    await answer.arrayBuffer();
  }

  /** What still refers to our Secrets, and the Secrets. */
  async function left(): Promise<{ readonly references: number; readonly secrets: number }> {
    const list = async (resource: string) => {
      const answer = await fetch(`${simulator.url}/api/v1/${resource}`);
      return (
        (await answer.json()) as { items: { metadata: { name: string }; imagePullSecrets?: { name: string }[] }[] }
      ).items;
    };
    const [accounts, secrets] = await Promise.all([list('serviceaccounts'), list('secrets')]);
    const referring = accounts.filter(({ imagePullSecrets = [] }) =>
      imagePullSecrets.some(({ name }) => name === secretName),
    );
    return {
      references: referring.length,
      secrets: secrets.filter(({ metadata }) => metadata.name === secretName).length,
    };
  }
});
