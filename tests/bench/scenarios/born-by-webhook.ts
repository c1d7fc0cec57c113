import { Agent, request } from 'node:https';
import { startHelperProcess, type HelperProcess } from '../../fixtures/helper-process.ts';
import { startControlPlane } from '../../real-parts/control-plane.ts';
import { freeLoopbackPort } from '../../real-parts/loopback-port.ts';
import { BareClient, extendPopulation, inParallel } from '../population.ts';
import type { Row, Scenario } from '../scenario.ts';
import { registries } from '../stage.ts';
import { percentile } from '../statistics.ts';
import { createMany, untilBornAttached } from './born-attached.ts';

/** The same creations on an API server that knows no policies, by the webhook; and the webhook on its own. */
export const bornByWebhook: Scenario = {
  name: 'born-by-webhook',
  does: 'accounts that are born with the reference, by the webhook of clusters before 1.36',
  async run({ cloud, options }) {
    const controlPlane = await startControlPlane({ apiServerArguments: ['--emulated-version=1.35'] });
    const client = new BareClient(controlPlane, 32);
    let helper: HelperProcess | undefined;
    try {
      await extendPopulation(client, { namespaces: [], accountsPerNamespace: 1 }, 500);
      await createMany(client, 'warm');
      const without = await createMany(client, 'plain');
      await configure(client);
      const port = await freeLoopbackPort();
      const args = ['--kubeconfig', controlPlane.kubeconfigPath, '--openapi-endpoint', cloud.url];
      const addresses = ['--webhook-address', `127.0.0.1:${port}`, '--webhook-url', `https://127.0.0.1:${port}`];
      helper = startHelperProcess(
        [...args, ...addresses, '--ops-address', '127.0.0.1:0'],
        { ALIBABA_CLOUD_IMDS_ENDPOINT: cloud.url },
        options.program,
      );
      await untilBornAttached(client);
      const born = await createMany(client, 'born');
      return [...rowsOf(born, without), ...(await reviewAlone(port, helper))];
    } catch (error) {
      throw new Error(`${String(error)}\n${helper?.output().slice(-2000)}`, { cause: error });
    } finally {
      await helper?.stop();
      await client.close();
      await controlPlane.stop();
    }
  },
};

async function configure(client: BareClient): Promise<void> {
  const data = {
    'watch-namespace': 'bench-*',
    'service-account': '*',
    'acr-registry-info': registries.byWorkerRole,
    'webhook-configuration': 'enable: true\n',
  };
  const body = { metadata: { name: 'acr-configuration' }, data };
  await client.send('POST', '/api/v1/namespaces/kube-system/configmaps', JSON.stringify(body));
}

type Creations = Awaited<ReturnType<typeof createMany>>;

function rowsOf(born: Creations, without: Creations): readonly Row[] {
  const common = { mode: 'webhook' };
  const p99 = percentile(born.latencies, 99);
  const p99Without = percentile(without.latencies, 99);
  return [
    {
      ...common,
      work: 'accounts born attached, creations a second',
      measured: born.perSecond.toFixed(0),
      floor: without.perSecond.toFixed(0),
      ratio: (born.perSecond / without.perSecond).toFixed(2),
      goal: '≥ 0.5 × the rate without',
    },
    {
      ...common,
      work: 'accounts born attached, p99 of a creation',
      measured: `${p99.toFixed(1)} ms`,
      floor: `${p99Without.toFixed(1)} ms`,
      ratio: (p99 / p99Without).toFixed(2),
      goal: '≤ 1.3 × that without, at 500/s',
    },
    {
      ...common,
      work: 'accounts born attached, in their first version',
      measured: `${((born.attached / born.created) * 100).toFixed(1)} % of ${born.created}`,
      goal: '100 %',
    },
  ];
}

const reviews = 20_000;

/** Reviews over 16 connections that stay open; by the CPU of the helper, because this client needs as much again. */
async function reviewAlone(port: number, helper: HelperProcess): Promise<readonly Row[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false });
  const all = Array.from({ length: reviews }, (_item, index) => reviewBody(index));
  await inParallel(all.slice(0, 2000), 16, (body) => review(port, agent, body));
  const latencies: number[] = [];
  const cpuBefore = helper.cpuSeconds();
  await inParallel(all, 16, async (body) => {
    const sentAt = performance.now();
    await review(port, agent, body);
    latencies.push(performance.now() - sentAt);
  });
  const perCore = reviews / (helper.cpuSeconds() - cpuBefore);
  agent.destroy();
  return [
    {
      work: 'webhook alone, reviews a second of a core',
      mode: 'webhook',
      measured: perCore.toFixed(0),
      goal: '≥ 5,000',
    },
    {
      work: 'webhook alone, p99 of a review',
      mode: 'webhook',
      measured: `${percentile(latencies, 99).toFixed(1)} ms`,
      goal: '≤ 10 ms',
    },
  ];
}

function reviewBody(index: number): string {
  const object = {
    kind: 'ServiceAccount',
    apiVersion: 'v1',
    metadata: {
      name: `web-${index}`,
      namespace: `bench-${String(index % 500).padStart(5, '0')}`,
      labels: { app: 'web' },
    },
  };
  const request = {
    uid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    kind: { group: '', version: 'v1', kind: 'ServiceAccount' },
    resource: { group: '', version: 'v1', resource: 'serviceaccounts' },
    name: object.metadata.name,
    namespace: object.metadata.namespace,
    operation: 'CREATE',
    userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] },
    object,
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  };
  return JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request });
}

function review(port: number, agent: Agent, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const outgoing = request(
      { host: '127.0.0.1', port, path: '/accounts', method: 'POST', agent, headers },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () =>
          text.includes('"patch"') ? resolve() : reject(new Error(`${answer.statusCode} ${text}`)),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
