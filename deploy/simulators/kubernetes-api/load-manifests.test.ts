import assert from 'node:assert/strict';
import { loadManifests } from './load-manifests.ts';
import { startKubernetesApiSimulator, type Simulator } from './start.ts';

describe('loadManifests', () => {
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await startKubernetesApiSimulator();
  });

  afterEach(() => simulator.stop());

  const shop = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';
  const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: shop }\ndata: { a: b }\n';

  it('makes the objects of all documents, and leaves empty ones out', async () => {
    await loadManifests(simulator.url, `${shop}---\n# nothing\n---\n${configMap}`);
    assert.deepEqual(simulator.control.read('', 'configmaps', 'shop', 'settings')?.['data'], { a: 'b' });
  });

  it('says which manifest is of an unknown kind', async () => {
    const text = `${shop}---\napiVersion: v1\nkind: Nmespace\nmetadata: { name: x }\n`;
    await assert.rejects(loadManifests(simulator.url, text), /Manifest 2: there is no kind "Nmespace" in "v1"/);
  });

  it('says what the server found wrong with a manifest', async () => {
    const text = configMap.replace('settings', 'Settings');
    await assert.rejects(loadManifests(simulator.url, `${shop}---\n${text}`), /Manifest 2 was answered with 422/);
  });
});
