import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { countRequests, parseRequestTotals, requestsBetween, type RequestTotal } from '../real-parts/request-totals.ts';
import { startDeployment, type Deployment, type Mode } from './deployment.ts';
import type { BenchOptions } from './options.ts';
import { BareClient, extendPopulation, type Population } from './population.ts';

/** A real API server, a real Redis and a simulated cloud, in which the helper is measured. */
export type Stage = {
  readonly options: BenchOptions;
  readonly controlPlane: ControlPlane;
  readonly redis: RedisServer;
  readonly cloud: AlibabaCloudSimulator;
  readonly client: BareClient;
  readonly folder: string;
  readonly sealKeyFile: string;
  /** Makes the namespaces that are missing, with four accounts each. */
  populate(namespaces: number): Promise<Population>;
  /** Writes the ConfigMap anew: every account of `bench-*`, and what is given. */
  configure(more?: Readonly<Record<string, string>>): Promise<void>;
  /** Starts the helper on an empty Redis. */
  deploy(mode: Mode): Promise<Deployment>;
  /** Has the token fetched again, by a change of the Secret with the key pair. */
  renewNow(): Promise<void>;
  /** What the API server answered meanwhile, of the kinds that the helper has to do with. */
  countDuring(work: () => Promise<void>): Promise<readonly RequestTotal[]>;
  stop(): Promise<void>;
};

export async function openStage(options: BenchOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-'));
  const [controlPlane, redis, cloud] = await Promise.all([
    startControlPlane(),
    startRedis(),
    startAlibabaCloudSimulator({ world: createDemoWorld() }),
  ]);
  const client = new BareClient(controlPlane, 32);
  const sealKeyFile = join(folder, 'seal.key');
  writeFileSync(sealKeyFile, randomBytes(32).toString('base64'));
  let population: Population = { namespaces: [], accountsPerNamespace: 4 };
  let renewals = 0;
  await client.send('POST', secretsPath, keyPairSecret);
  return {
    options,
    controlPlane,
    redis,
    cloud,
    client,
    folder,
    sealKeyFile,
    async populate(namespaces) {
      if (population.namespaces.length < namespaces) console.error(`  making ${namespaces} namespaces …`);
      population = await extendPopulation(client, population, namespaces);
      return population;
    },
    configure: (more) => configure(client, more),
    async deploy(mode) {
      await redis.flush();
      const { program } = options;
      const { kubeconfigPath } = controlPlane;
      return startDeployment({ mode, program, kubeconfigPath, cloudUrl: cloud.url, redisUrl: redis.url, sealKeyFile });
    },
    async renewNow() {
      const body = JSON.stringify({ metadata: { annotations: { renewal: String(++renewals) } } });
      await client.send('PATCH', `${secretsPath}/${keyPairName}`, body, 'application/merge-patch+json');
    },
    async countDuring(work) {
      const before = parseRequestTotals(await controlPlane.metrics());
      await work();
      const after = parseRequestTotals(await controlPlane.metrics());
      return requestsBetween(before, after).filter(({ resource }) => ofInterest.has(resource));
    },
    async stop() {
      await client.close();
      await Promise.all([controlPlane.stop(), redis.stop(), cloud.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ofInterest: ReadonlySet<string> = new Set(['secrets', 'serviceaccounts', 'namespaces', 'configmaps', 'events']);

/** Writes of any kind. The helper keeps its last good configuration in a Secret of its own, with a POST or a PUT, once. */
export function countWrites(requests: readonly RequestTotal[], resource?: string): number {
  return ['APPLY', 'PATCH', 'POST', 'PUT', 'DELETE'].reduce(
    (sum, verb) => sum + countRequests(requests, resource === undefined ? { verb } : { verb, resource }),
    0,
  );
}

const keyPairName = 'bench-key-pair';
const secretsPath = '/api/v1/namespaces/kube-system/secrets';
const keyPairSecret = JSON.stringify({
  metadata: { name: keyPairName },
  stringData: {
    'access-key-id': demoNames.pullerKey.id,
    'access-key-secret': demoNames.pullerKey.secret,
  },
});

/** One registry of the cluster's account, by the worker role; `renewable`: by the key pair of which `renewNow` touches the Secret. */
export const registries = {
  byWorkerRole: `- instanceId: ${demoNames.instanceId}\n  regionId: ${demoNames.regionId}\n`,
  renewable: `- instanceId: ${demoNames.instanceId}\n  regionId: ${demoNames.regionId}\n  accessKeySecretRef: ${keyPairName}\n`,
};

async function configure(client: BareClient, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const path = '/api/v1/namespaces/kube-system/configmaps';
  const own = { 'watch-namespace': 'bench-*', 'service-account': '*', 'acr-registry-info': registries.byWorkerRole };
  await client.send('DELETE', `${path}/acr-configuration`);
  // What a helper that ran before keeps there would count as the last good one.
  await client.send('DELETE', `${secretsPath}/acr-credential-helper-last-good`);
  await client.send(
    'POST',
    path,
    JSON.stringify({ metadata: { name: 'acr-configuration' }, data: { ...own, ...more } }),
  );
}
