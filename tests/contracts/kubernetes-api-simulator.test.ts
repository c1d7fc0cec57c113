import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderKubeconfig } from '../../deploy/simulators/kubernetes-api/kubeconfig.ts';
import { startKubernetesApiSimulator } from '../../deploy/simulators/kubernetes-api/start.ts';
import type { Simulator } from '../../deploy/simulators/kubernetes-api/start.ts';
import { ensureControlPlane } from '../real-parts/ensure-control-plane.ts';
import { defineKubernetesApiContract } from './kubernetes-api.contract.ts';

describe('the Kubernetes API simulator', () => {
  let simulator: Simulator | undefined;
  let folder = '';

  after(async () => {
    await simulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  defineKubernetesApiContract('simulator', async () => {
    simulator = await startKubernetesApiSimulator({ publishRootCa: true });
    folder = await mkdtemp(join(tmpdir(), 'kubernetes-api-simulator-'));
    const kubeconfigPath = join(folder, 'kubeconfig');
    await writeFile(kubeconfigPath, renderKubeconfig({ url: simulator.url }));
    const { kubectl } = await ensureControlPlane();
    return { url: simulator.url, kubeconfigPath, kubectl };
  });
});
