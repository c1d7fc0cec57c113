import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderKubeconfig } from '../../deploy/simulators/kubernetes-api/kubeconfig.ts';
import { startKubernetesApiSimulator, type Simulator } from '../../deploy/simulators/kubernetes-api/start.ts';
import { waitUntil } from '../real-parts/wait-until.ts';
import type { Deployment } from './deployment.ts';
import { BareClient, extendPopulation, resetPopulation } from './population.ts';

/** Ten thousand namespaces with five accounts each, on the embedded API server, which holds them in a tenth of the memory. */
export type BigCluster = {
  readonly simulator: Simulator;
  readonly client: BareClient;
  readonly kubeconfigPath: string;
  /** Takes away what the helper wrote. */
  reset(): Promise<void>;
  close(): Promise<void>;
};

/** @param data of the ConfigMap, beside that every account of `bench-*` is served. */
export async function openBigCluster(folder: string, data: Readonly<Record<string, string>>): Promise<BigCluster> {
  const simulator = await startKubernetesApiSimulator();
  const client = new BareClient({ url: simulator.url }, 32);
  const close = async (): Promise<void> => {
    await client.close();
    await simulator.stop();
  };
  try {
    const kubeconfigPath = join(folder, 'embedded.kubeconfig');
    writeFileSync(kubeconfigPath, renderKubeconfig({ url: simulator.url }));
    console.error('  making 10,000 namespaces …');
    const population = await extendPopulation(client, { namespaces: [], accountsPerNamespace }, namespaces);
    const configMap = {
      metadata: { name: 'acr-configuration' },
      data: { 'watch-namespace': 'bench-*', 'service-account': '*', ...data },
    };
    await client.send('POST', '/api/v1/namespaces/kube-system/configmaps', JSON.stringify(configMap));
    return { simulator, client, kubeconfigPath, reset: () => resetPopulation(client, population), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const namespaces = 10_000;
const accountsPerNamespace = 5;

/** By the number of writes, which the embedded server counts. Answers with seconds since the start of the process. */
export async function untilServed(cluster: BigCluster, deployment: Deployment): Promise<number> {
  const wanted = writesOf(cluster) + namespaces * (1 + accountsPerNamespace);
  try {
    const done = await waitUntil('10,000 namespaces to be served', 600, async () =>
      writesOf(cluster) >= wanted ? performance.now() : undefined,
    );
    await deployment.untilReady();
    return (done - deployment.startedAt) / 1000;
  } catch (error) {
    throw new Error(`${String(error)}\n${deployment.output()}`, { cause: error });
  }
}

export function writesOf({ simulator }: BigCluster): number {
  const { requests } = simulator.control;
  return (
    requests.count({ verb: 'APPLY', resource: 'secrets' }) +
    requests.count({ verb: 'PATCH', resource: 'secrets' }) +
    requests.count({ verb: 'PATCH', resource: 'serviceaccounts' })
  );
}
