import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { renderKubeconfig } from '../../deploy/simulators/kubernetes-api/kubeconfig.ts';
import { startKubernetesApiSimulator, type Simulator } from '../../deploy/simulators/kubernetes-api/start.ts';
import { defineClusterAdapterContract } from './cluster-adapter.contract.ts';

describe('with a simulated API server', () => {
  let simulator: Simulator;
  let folder: string;

  before(async () => {
    simulator = await startKubernetesApiSimulator();
    folder = await mkdtemp(join(tmpdir(), 'cluster-adapter-'));
  });

  after(async () => {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });

  defineClusterAdapterContract('the simulator', async () => {
    const kubeconfigPath = join(folder, 'kubeconfig');
    await writeFile(kubeconfigPath, renderKubeconfig({ url: simulator.url }));
    return { kubeconfigPath };
  });
});
