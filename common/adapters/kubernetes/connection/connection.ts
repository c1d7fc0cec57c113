import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';

export type GivenConnection = {
  /** One path, or several joined by `:` as in `KUBECONFIG`. Wins over the in-cluster way. */
  readonly kubeconfigPath?: string | undefined;
  /** A context of the kubeconfig instead of its `current-context`. */
  readonly context?: string | undefined;
  /** Where the kubelet puts token and authority: `/var/run/secrets/kubernetes.io/serviceaccount` unless given. */
  readonly inClusterFolder?: string | undefined;
  /** Value of `KUBERNETES_SERVICE_HOST`. */
  readonly host?: string | undefined;
  /** Value of `KUBERNETES_SERVICE_PORT`; 443 unless given. */
  readonly port?: string | undefined;
  readonly clock?: Clock | undefined;
};

/**
 * Finds out how to reach the API server; makes no request.
 *
 * Throws `kubeconfig-invalid` with the path and what to do. Source: "Organizing Cluster Access Using kubeconfig Files"
 * and "Accessing the Kubernetes API from a Pod" of the Kubernetes documentation.
 */
export async function resolveConnection(given: GivenConnection): Promise<KubernetesConnection> {
  const clock = given.clock ?? Date.now;
  if (given.kubeconfigPath !== undefined && given.kubeconfigPath !== '') {
    const { kubeconfigConnection } = await import('./kubeconfig.ts');
    return kubeconfigConnection(given.kubeconfigPath, given.context, clock);
  }
  if (given.host !== undefined && given.host !== '') {
    const { inClusterConnection } = await import('./in-cluster.ts');
    return inClusterConnection({
      host: given.host,
      port: given.port ?? '443',
      folder: given.inClusterFolder ?? '/var/run/secrets/kubernetes.io/serviceaccount',
      clock,
    });
  }
  throw new Failure('kubeconfig-invalid', 'no kubeconfig was given, and this process does not run in a pod', {
    hint: 'give --kubeconfig FILE, or set KUBECONFIG; in a pod Kubernetes sets KUBERNETES_SERVICE_HOST',
  });
}
