import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureControlPlane } from './ensure-control-plane.ts';

describe('the programs of the control plane', () => {
  const before = process.env['KUBEBUILDER_ASSETS'];
  let assets: string;

  beforeEach(async () => {
    assets = await mkdtemp(join(tmpdir(), 'acr-assets-'));
    process.env['KUBEBUILDER_ASSETS'] = assets;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env['KUBEBUILDER_ASSETS'];
    else process.env['KUBEBUILDER_ASSETS'] = before;
    await rm(assets, { recursive: true, force: true });
  });

  const install = (names: readonly string[]): Promise<unknown> =>
    Promise.all(names.map((name) => writeFile(join(assets, name), '', { mode: 0o755 })));

  it('come from KUBEBUILDER_ASSETS when all of them are there', async () => {
    await install(['etcd', 'kubectl', 'kube-apiserver', 'kube-controller-manager']);
    assert.equal((await ensureControlPlane())['kube-apiserver'], join(assets, 'kube-apiserver'));
  });

  it('are of our own build when KUBEBUILDER_ASSETS lacks the controller manager', async () => {
    await install(['etcd', 'kubectl', 'kube-apiserver']);
    assert.notEqual((await ensureControlPlane())['kube-apiserver'], join(assets, 'kube-apiserver'));
  });
});
