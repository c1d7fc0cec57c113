import assert from 'node:assert/strict';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { dashboards } from '../../deploy/grafana/dashboards.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { registryInfo, startHelper } from '../fixtures/credential-journey.ts';
import { startEmbeddedCluster, type EmbeddedCluster } from '../fixtures/embedded-cluster.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startPrometheus, type PrometheusServer } from '../real-parts/prometheus.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const roles = ['watcher', 'fetcher', 'writer'] as const;

/** This run has neither a webhook nor pods. */
const notInThisRun: ReadonlySet<string> = new Set([
  'Reviews',
  'Policies and webhook configurations written',
  'Certificate of the webhook',
  'Pods evicted because they were admitted too early',
  'Spans of traces',
]);

describe('a real Prometheus that scrapes a distributed run in trouble', function () {
  this.timeout(120_000);
  let embedded: EmbeddedCluster;
  let cloud: AlibabaCloudSimulator;
  let redis: RedisServer;
  let helpers: readonly HelperProcess[] = [];
  let prometheus: PrometheusServer;
  let cluster: ClusterClient;

  before(async () => {
    [embedded, cloud, redis] = await Promise.all([
      startEmbeddedCluster(),
      startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: 3600 }) }),
      startRedis({ password: 'redis-password' }),
    ]);
    cluster = new ClusterClient(embedded);
    // One of two registries gives no login: its account is throttled in that region.
    cloud.faults.add({
      match: { region: demoNames.otherRegionId },
      effect: { kind: 'throttle', retryAfterMilliseconds: 3000 },
    });
    helpers = roles.map((role) =>
      startHelper({ controlPlane: embedded, cloud, redisUrl: redis.url, more: ['--role', role] }),
    );
    const urls = await Promise.all(helpers.map((helper) => helper.opsUrl()));
    prometheus = await startPrometheus({
      targets: Object.fromEntries(roles.map((role, index) => [role, urls[index] ?? ''])),
    });
    await untilData('acr_helper_build_info', roles.length);
    await cluster.createNamespace('shop');
    await cluster.writeConfigMap({
      'watch-namespace': 'shop,team-*',
      'service-account': '*',
      'acr-registry-info': registryInfo(
        { instanceId: demoNames.instanceId, regionId: demoNames.regionId },
        { instanceId: demoNames.otherRegionInstanceId, regionId: demoNames.otherRegionId },
      ),
    });
    await untilData('acr_helper_writes_total{action="create-secret"} > 0');
    embedded.control.fault({
      match: { verb: 'patch', resource: 'serviceaccounts' },
      times: 1,
      effect: { type: 'status', code: 429, retryAfterSeconds: 1 },
    });
    await cluster.createNamespace('team-new');
    await cluster.createAccount('team-new', 'web');
    await untilData('acr_helper_service_account_ready_seconds_count > 0');
    await untilData('acr_helper_namespace_ready_seconds_count > 0');
  });

  after(async () => {
    await prometheus?.stop();
    await Promise.all(helpers.map((helper) => helper.stop()));
    await Promise.all([embedded?.stop(), cloud?.stop(), redis?.stop()]);
  });

  async function untilData(expression: string, series = 1): Promise<void> {
    await waitUntil(`an answer to ${expression}`, 60, async () =>
      (await prometheus.query(expression)).length >= series ? true : undefined,
    );
  }

  async function untilFiring(...names: readonly string[]): Promise<void> {
    await waitUntil(`the alerts ${names.join(', ')}`, 60, async () => {
      const alerts = await prometheus.alerts();
      return names.every((name) => alerts.get(name) === 'firing') ? true : undefined;
    });
  }

  for (const { title, rows } of Object.values(dashboards)) {
    it(`has an answer to every panel of "${title}"`, async () => {
      for (const { title: panel, questions } of rows.flatMap((row) => row.panels)) {
        for (const { expression } of questions) {
          const asked = expression.replaceAll('$__rate_interval', '1m');
          if (notInThisRun.has(panel)) await prometheus.query(asked);
          else await untilData(asked);
        }
      }
    });
  }

  it('says of every registry by its name until when its login works', async () => {
    await untilData(`acr_helper_credential_expiration_timestamp_seconds{registry="${demoNames.instanceId}"} > time()`);
  });

  it('counts the namespaces that are not served, with the reason', async () => {
    await untilData('max by (state) (acr_helper_namespaces{state="no-credential"}) == 2');
    await untilData('max by (state) (acr_helper_namespaces{state="served"}) == 0');
  });

  it('raises the alerts of a registry that gives no login', async () => {
    await untilFiring('AcrHelperCredentialMissing', 'AcrHelperNamespacesUnserved');
  });

  it('sees that all is well once it is', async () => {
    cloud.faults.clear();
    await untilData('max by (state) (acr_helper_namespaces{state="served"}) == 2');
    await waitUntil('the alerts to end', 60, async () => {
      const alerts = await prometheus.alerts();
      const ended = ['AcrHelperCredentialMissing', 'AcrHelperNamespacesUnserved'];
      return ended.some((name) => alerts.has(name)) ? undefined : true;
    });
  });

  it('says in /readyz that Redis is gone, and asks for no restart, which would not mend it', async () => {
    const answers = async (path: string) =>
      Promise.all(helpers.map(async (helper) => fetch(`${await helper.opsUrl()}${path}`)));
    await redis.kill();
    await waitUntil('every role to name Redis', 60, async () => {
      const ready = await answers('/readyz');
      const texts = await Promise.all(ready.map((answer) => answer.text()));
      return ready.every(({ status }) => status === 503) && texts.every((text) => text.includes('Redis: '))
        ? true
        : undefined;
    });
    assert.deepEqual(
      (await answers('/healthz')).map(({ status }) => status),
      [200, 200, 200],
    );
    await redis.restart();
    await waitUntil('every role to be ready again', 60, async () =>
      (await answers('/readyz')).every(({ status }) => status === 200) ? true : undefined,
    );
  });
});
