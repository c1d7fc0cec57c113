import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { startAccountMaker, type AccountMaker } from '../fixtures/account-maker.ts';
import { ClusterClient, secretName } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper, untilLogged } from '../fixtures/credential-journey.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startServiceProxy, type ServiceProxy } from '../fixtures/service-proxy.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { freeLoopbackPort } from '../real-parts/loopback-port.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const webhookPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/acr-credential-helper';
const ownNamespace = 'acr-system';
const namespaces = ['shop', 'till'];

/** Two replicas of the webhook behind one address, in a cluster that has no policy for it and refuses what the webhook does not answer. */
describe('two replicas of the webhook', function () {
  this.timeout(120_000);
  let controlPlane: ControlPlane;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let redis: RedisServer;
  let service: ServiceProxy;
  let others: HelperProcess;
  let ports: readonly number[];
  let replicas: HelperProcess[];
  let maker: AccountMaker | undefined;

  const configuration = (webhook: string): Record<string, string> => ({
    'watch-namespace': 'all',
    'service-account': '*',
    'acr-registry-info': registryInfo({ instanceId: demoNames.instanceId, regionId: demoNames.regionId }),
    'webhook-configuration': `enable: true\n${webhook}\n`,
  });

  before(async () => {
    [controlPlane, cloud, redis, service, ports] = await Promise.all([
      startControlPlane({ apiServerArguments: ['--emulated-version=1.35'] }),
      startAlibabaCloudSimulator({ world: createDemoWorld() }),
      startRedis(),
      startServiceProxy(),
      Promise.all([freeLoopbackPort(), freeLoopbackPort()]),
    ]);
    cluster = new ClusterClient(controlPlane);
    for (const namespace of [ownNamespace, ...namespaces]) await cluster.createNamespace(namespace);
    await cluster.writeConfigMap(configuration('failure-policy: Fail'), ownNamespace);
    await startAll();
  });

  afterEach(async () => {
    await maker?.stop();
  });

  after(async () => {
    await stopAll();
    await Promise.all([controlPlane?.stop(), cloud?.stop(), redis?.stop(), service?.stop()]);
  });

  function start(roles: readonly string[], more: readonly string[] = []): HelperProcess {
    return startHelper({
      controlPlane,
      cloud,
      redisUrl: redis.url,
      more: [
        '--config-map',
        `${ownNamespace}/acr-configuration`,
        '--webhook-url',
        `https://127.0.0.1:${service.port}`,
        ...roles.flatMap((role) => ['--role', role]),
        ...more,
      ],
    });
  }

  function startReplica(port: number): HelperProcess {
    return start(['webhook'], ['--webhook-address', `127.0.0.1:${port}`]);
  }

  async function startAll(): Promise<void> {
    replicas = ports.map(startReplica);
    others = start(['watcher', 'fetcher', 'writer']);
    await Promise.all(replicas.map((replica) => untilLogged(replica, 'webhook listens', 1, 60)));
    await Promise.all(replicas.map((replica) => untilReady(replica)));
    service.leadTo(ports);
    await untilRegistered((webhook) => webhook !== undefined);
    await untilBornAttached();
  }

  async function stopAll(): Promise<void> {
    await Promise.all([others, ...(replicas ?? [])].map((helper) => helper?.stop()));
  }

  /** As a Service: what is not ready is sent nobody. */
  async function untilReady(replica: HelperProcess): Promise<void> {
    const url = new URL('/readyz', await replica.opsUrl());
    await waitUntil('a replica to be ready', 60, async () => ((await fetch(url)).ok ? true : undefined));
  }

  async function untilRegistered(isRight: (webhook: Webhook | undefined) => boolean): Promise<void> {
    await waitUntil('the registration', 60, async () => (isRight(await readWebhook()) ? true : undefined));
  }

  async function readWebhook(): Promise<Webhook | undefined> {
    const { status, text } = await controlPlane.request({ path: webhookPath });
    return status === 200 ? (JSON.parse(text) as { webhooks: Webhook[] }).webhooks[0] : undefined;
  }

  /** An API server takes a second or two until it uses what was registered. */
  async function untilBornAttached(): Promise<void> {
    let count = 0;
    await waitUntil('accounts to be born with the reference', 60, async () => {
      const { text } = await create('shop', `first-${replicas[0]?.pid}-${count++}`);
      return text.includes(secretName) ? true : undefined;
    });
  }

  function create(namespace: string, name: string): Promise<{ readonly status: number; readonly text: string }> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
    return controlPlane.request({ method: 'POST', path, body: { metadata: { name } } });
  }

  it('can be restarted one after the other, and every account is born with the reference meanwhile', async () => {
    maker = startAccountMaker(controlPlane, namespaces, 'rolling');
    for (const [index, port] of ports.entries()) {
      await maker.makeMore(20);
      const stopped = replicas[index]?.stop();
      // Every node hears of it a moment after the process does, and sends connections there until then.
      await sleep(serviceLagMilliseconds);
      service.leadTo(ports.filter((other) => other !== port));
      await stopped;
      assert.equal(await replicas[index]?.ended, 0);
      await maker.makeMore(20);
      replicas[index] = startReplica(port);
      await untilReady(replicas[index]);
      service.leadTo(ports);
    }
    await maker.makeMore(20);
    assert.deepEqual(await maker.stop(), []);
  });

  it('share one certificate; one that is lost is replaced without a request that is refused', async () => {
    const before = await Promise.all(ports.map(servedCertificate));
    assert.equal(new Set(before.map(({ fingerprint256 }) => fingerprint256)).size, 1);
    maker = startAccountMaker(controlPlane, namespaces, 'certificate');
    const path = `/api/v1/namespaces/${ownNamespace}/secrets/acr-credential-helper-webhook-certificate`;
    assert.equal((await controlPlane.request({ method: 'DELETE', path })).status, 200);
    // An edit has the writer look at once.
    await cluster.writeConfigMap(configuration('failure-policy: Fail\ntimeout-seconds: 29'), ownNamespace);
    await waitUntil('both replicas to serve another certificate', 90, async () => {
      const now = await Promise.all(ports.map(servedCertificate));
      const { clientConfig } = (await readWebhook()) ?? assert.fail('it is not registered');
      for (const certificate of now)
        assert.ok(isTrusted(certificate, clientConfig.caBundle), 'served before it is trusted');
      return new Set(now.map(({ fingerprint256 }) => fingerprint256)).size === 1 &&
        now[0]?.fingerprint256 !== before[0]?.fingerprint256
        ? true
        : undefined;
    });
    await maker.makeMore(40);
    assert.deepEqual(await maker.stop(), []);
  });

  it('that are down with failure-policy Fail keep nobody from the system’s and the helper’s own namespace', async () => {
    await stopAll();
    assert.equal((await create('kube-system', 'while-down')).status, 201);
    assert.equal((await create(ownNamespace, 'while-down')).status, 201);
    const { status, text } = await create('shop', 'while-down');
    assert.equal(status, 500, text);
    assert.match(text, /serviceaccounts\.admission\.acr-credential-helper/);
  });

  it('come back by themselves, and with failure-policy Ignore keep nobody from anything when they are down again', async () => {
    await startAll();
    await cluster.writeConfigMap(configuration('failure-policy: Ignore'), ownNamespace);
    await untilRegistered((webhook) => webhook?.failurePolicy === 'Ignore');
    await stopAll();
    await waitUntil('the API server to use the registration', 60, async () =>
      (await create('shop', 'while-ignored')).status === 201 ? true : undefined,
    );
    for (const namespace of ['kube-system', ownNamespace, ...namespaces])
      assert.equal((await create(namespace, 'while-down-again')).status, 201);
  });
});

const serviceLagMilliseconds = 1_000;

type Webhook = { readonly failurePolicy: string; readonly clientConfig: { readonly caBundle: string } };

/** What the process at the port shows to a new connection. */
async function servedCertificate(port: number): Promise<X509Certificate> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  return certificate ?? assert.fail('no certificate is served');
}

function isTrusted(certificate: X509Certificate, caBundle: string): boolean {
  const authorities = Buffer.from(caBundle, 'base64')
    .toString('utf8')
    .split(/(?=-----BEGIN)/);
  return authorities.some((authority) => certificate.verify(new X509Certificate(authority).publicKey));
}
