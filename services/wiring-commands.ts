import { createAdmissionRegistry } from '../common/adapters/kubernetes/admission/admission-registry.ts';
import { createClusterLists } from '../common/adapters/kubernetes/cluster-lists.ts';
import { createClusterReader } from '../common/adapters/kubernetes/cluster-reader.ts';
import { resolveConnection } from '../common/adapters/kubernetes/connection/connection.ts';
import { createApiClient } from '../common/adapters/kubernetes/requests/api-client.ts';
import { createSecretReader } from '../common/adapters/kubernetes/secret-reader.ts';
import { createLastGoodStore } from '../common/adapters/kubernetes/writing/last-good-store.ts';
import { createSecretNameStore } from '../common/adapters/kubernetes/writing/secret-name-store.ts';
import type { AdmissionRegistry } from '../common/ports/admission.ts';
import type { ClusterLists, ClusterReader } from '../common/ports/cluster-reader.ts';
import type { LastGoodStore, OwnSecretReader, SecretNameStore } from '../common/ports/own-secrets.ts';
import type { Settings } from '../common/runtime/settings.ts';
import { version } from '../common/runtime/version.ts';

/** What commands that only look need of the cluster. */
export type LookingWorld = {
  /** Address of the API server. */
  readonly baseUrl: string;
  readonly lists: ClusterLists;
  readonly reader: ClusterReader;
  readonly secrets: OwnSecretReader;
  readonly names: Pick<SecretNameStore, 'read'>;
  readonly lastGood: Pick<LastGoodStore, 'read'>;
  readonly admission: Pick<AdmissionRegistry, 'capabilities'>;
  readonly close: () => Promise<void>;
};

/** Opens no connection yet. Throws `kubeconfig-invalid`. */
export async function buildLookingWorld(settings: Settings): Promise<LookingWorld> {
  const { environment, kubeconfig, kubeConcurrency, configMap } = settings;
  const connection = await resolveConnection({
    kubeconfigPath: kubeconfig,
    host: environment.kubernetesServiceHost,
    port: environment.kubernetesServicePort,
  });
  const client = createApiClient({ connection, version, connections: kubeConcurrency });
  return {
    baseUrl: client.baseUrl,
    lists: createClusterLists(client),
    reader: createClusterReader(client),
    secrets: { readSecret: (namespace, name) => createSecretReader({ client, namespace }).readSecret(name) },
    names: createSecretNameStore(client, configMap.namespace),
    lastGood: createLastGoodStore(client, configMap.namespace),
    admission: createAdmissionRegistry(client),
    close: () => client.close(),
  };
}
