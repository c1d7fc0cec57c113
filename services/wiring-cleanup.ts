import { createAdmissionRegistry } from '../common/adapters/kubernetes/admission/admission-registry.ts';
import { certificateSecretName } from '../common/domain/admission/serving-certificate.ts';
import { createClusterLists } from '../common/adapters/kubernetes/cluster-lists.ts';
import { resolveConnection } from '../common/adapters/kubernetes/connection/connection.ts';
import { createApiClient } from '../common/adapters/kubernetes/requests/api-client.ts';
import { createRequestWindow } from '../common/adapters/kubernetes/requests/request-window.ts';
import { createClusterWriter } from '../common/adapters/kubernetes/writing/cluster-writer.ts';
import { lastGoodSecretName } from '../common/adapters/kubernetes/writing/last-good-store.ts';
import { createSecretNameStore } from '../common/adapters/kubernetes/writing/secret-name-store.ts';
import type { Settings } from '../common/runtime/settings.ts';
import { version } from '../common/runtime/version.ts';
import type { CleanupWorld } from './commands/cleanup.ts';
import { patiently, type Pause } from './commands/cleanup-steps.ts';

/** What the command `cleanup` needs of the cluster. Throws `kubeconfig-invalid`. */
export async function buildCleanupWorld(
  { environment, kubeconfig, kubeConcurrency, configMap }: Settings,
  pause: Pause,
): Promise<{ world: CleanupWorld; ownSecretNames: readonly string[]; close: () => Promise<void> }> {
  const connection = await resolveConnection({
    kubeconfigPath: kubeconfig,
    host: environment.kubernetesServiceHost,
    port: environment.kubernetesServicePort,
  });
  const client = createApiClient({ connection, version, connections: kubeConcurrency });
  return {
    world: {
      lists: createClusterLists({ request: (request) => patiently(pause, () => client.request(request)) }),
      writer: createClusterWriter({ client, window: createRequestWindow({ limit: kubeConcurrency }) }),
      admission: createAdmissionRegistry(client),
      names: createSecretNameStore(client, configMap.namespace),
      pause,
    },
    // In this order: the names of the Secrets of all namespaces are in the last one.
    ownSecretNames: [certificateSecretName, lastGoodSecretName],
    close: () => client.close(),
  };
}
