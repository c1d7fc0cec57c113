import { randomUUID } from 'node:crypto';
import { link, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient, type ApiClient } from '../../common/adapters/kubernetes/requests/api-client.ts';
import { resolveConnection } from '../../common/adapters/kubernetes/connection/connection.ts';
import { version } from '../../common/runtime/version.ts';
import { renderKubeconfig } from '../../deploy/simulators/kubernetes-api/kubeconfig.ts';
import { startKubernetesApiSimulator } from '../../deploy/simulators/kubernetes-api/start.ts';

/** The cluster that the demo plays in: embedded, or a real one by its kubeconfig. */
export type DemoCluster = {
  readonly url: string;
  readonly embedded: boolean;
  readonly kubeconfig: string;
  /** Where the ConfigMap is, and the prefix of the demo's namespaces: a real cluster's own ones are left alone. */
  readonly configMapNamespace: string;
  readonly namespacePrefix: string;
  createNamespace(name: string): Promise<void>;
  createAccount(namespace: string, name: string): Promise<void>;
  writeConfigMap(data: Readonly<Record<string, string>>): Promise<void>;
  /** Removes all that the demo made. */
  stop(): Promise<void>;
};

/** Throws `kubeconfig-invalid` or `kubernetes-unreachable`. */
export async function openDemoCluster(kubeconfig: string | undefined, folder: string): Promise<DemoCluster> {
  return kubeconfig === undefined ? startEmbedded(folder) : connectReal(kubeconfig);
}

async function startEmbedded(wantedFolder: string): Promise<DemoCluster> {
  const simulator = await startKubernetesApiSimulator();
  const { folder, kubeconfig, client } = await writeKubeconfig(wantedFolder, simulator.url).catch(
    async (error: unknown) => {
      await simulator.stop();
      throw error;
    },
  );
  return {
    url: simulator.url,
    embedded: true,
    kubeconfig,
    configMapNamespace: 'kube-system',
    namespacePrefix: '',
    ...writesTo(client, 'kube-system'),
    stop: async () => {
      await client.close();
      await simulator.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Kubeconfig = { readonly folder: string; readonly kubeconfig: string; readonly client: ApiClient };

/** In the wanted folder, unless another demo that still runs has its own there, or nothing can be written there. */
async function writeKubeconfig(wantedFolder: string, url: string): Promise<Kubeconfig> {
  const text = renderKubeconfig({ url });
  const folder = (await claimFolder(wantedFolder, text)) ? wantedFolder : await mkdtemp(join(tmpdir(), 'acr-demo-'));
  const kubeconfig = join(folder, 'kubeconfig');
  if (folder !== wantedFolder) await writeFile(kubeconfig, text);
  return { folder, kubeconfig, client: await connect(kubeconfig) };
}

/** Of several that try at once, one succeeds. */
async function claimFolder(folder: string, text: string): Promise<boolean> {
  const kubeconfig = join(folder, 'kubeconfig');
  const draft = `${kubeconfig}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, text);
    try {
      await link(draft, kubeconfig);
    } catch {
      if (await answers(kubeconfig)) return false;
      await rename(draft, kubeconfig);
    }
    return true;
  } catch {
    return false;
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Whether the cluster of the kubeconfig is there; of a demo that was killed only the file is left. */
async function answers(kubeconfig: string): Promise<boolean> {
  try {
    const client = await connect(kubeconfig);
    try {
      await client.request({
        verb: 'list',
        resource: 'namespaces',
        object: '',
        path: '/api/v1/namespaces?limit=1',
        accept,
      });
      return true;
    } finally {
      await client.close();
    }
  } catch {
    return false;
  }
}

async function connectReal(kubeconfig: string): Promise<DemoCluster> {
  const client = await connect(kubeconfig);
  const writes = writesTo(client, 'acr-demo-helper');
  const made: string[] = [];
  const createNamespace = async (name: string): Promise<void> => {
    made.push(name);
    await writes.createNamespace(name);
  };
  await createNamespace('acr-demo-helper');
  return {
    url: client.baseUrl,
    embedded: false,
    kubeconfig,
    configMapNamespace: 'acr-demo-helper',
    namespacePrefix: 'acr-demo-',
    ...writes,
    createNamespace,
    stop: async () => {
      for (const name of made) {
        await client.request({
          verb: 'delete',
          resource: 'namespaces',
          object: name,
          path: `/api/v1/namespaces/${name}`,
          accept,
        });
      }
      await client.close();
    },
  };
}

async function connect(kubeconfigPath: string): Promise<ApiClient> {
  return createApiClient({ connection: await resolveConnection({ kubeconfigPath }), version });
}

type Writes = Pick<DemoCluster, 'createNamespace' | 'createAccount' | 'writeConfigMap'>;

function writesTo(client: ApiClient, configMapNamespace: string): Writes {
  const apply = async (path: string, object: KubernetesObject): Promise<void> => {
    await client.request({
      verb: 'apply',
      resource: object.kind.toLowerCase(),
      object: object.metadata.name,
      path: `${path}/${object.metadata.name}?fieldManager=acr-demo&force=true`,
      accept,
      contentType: 'application/apply-patch+yaml',
      body: JSON.stringify(object),
    });
  };
  return {
    createNamespace: (name) => apply('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    createAccount: (namespace, name) =>
      apply(`/api/v1/namespaces/${namespace}/serviceaccounts`, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name },
      }),
    writeConfigMap: (data) =>
      apply(`/api/v1/namespaces/${configMapNamespace}/configmaps`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'acr-configuration' },
        data,
      }),
  };
}

type KubernetesObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
};

const accept = 'application/json';
