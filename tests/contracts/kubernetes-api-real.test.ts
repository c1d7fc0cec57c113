import { startControlPlane } from '../real-parts/control-plane.ts';
import type { ControlPlane } from '../real-parts/control-plane.ts';
import { defineKubernetesApiContract } from './kubernetes-api.contract.ts';

describe('the real Kubernetes API server', () => {
  let plane: ControlPlane | undefined;

  after(() => plane?.stop());

  defineKubernetesApiContract('kube-apiserver', async () => {
    plane = await startControlPlane();
    const { url, ca, adminToken, kubeconfigPath, kubectl } = plane;
    return { url, ca, token: adminToken, kubeconfigPath, kubectl };
  });
});
