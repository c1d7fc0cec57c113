import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator, type AlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { ClusterClient } from '../fixtures/cluster-client.ts';
import { passwordsOf, registryInfo, startHelper } from '../fixtures/credential-journey.ts';
import { startEmbeddedCluster, type EmbeddedCluster } from '../fixtures/embedded-cluster.ts';
import type { HelperProcess } from '../fixtures/helper-process.ts';
import { startTraceCollector, type SentSpan, type TraceCollector } from '../fixtures/trace-collector.ts';
import { startRedis, type RedisServer } from '../real-parts/redis.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const { instanceId, pullerKey } = demoNames;
const region = { regionId: demoNames.regionId };
const canary = (name: string): string => `canary-${name}-${randomBytes(12).toString('hex')}`;
const mirrorPassword = canary('mirror');
const redisPassword = canary('redis');
const wrongSecret = canary('wrong');
const sealKey = randomBytes(32).toString('base64');

describe('traces of a helper whose roles are processes of their own', function () {
  this.timeout(90_000);
  let folder: string;
  let embedded: EmbeddedCluster;
  let cluster: ClusterClient;
  let cloud: AlibabaCloudSimulator;
  let redis: RedisServer;
  let collector: TraceCollector;
  let helpers: Readonly<Record<'watcher' | 'fetcher' | 'writer', HelperProcess>>;
  const tokens = new Set<string>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-tracing-'));
    const sealKeyFile = join(folder, 'seal-key');
    await writeFile(sealKeyFile, sealKey);
    [embedded, cloud, redis, collector] = await Promise.all([
      startEmbeddedCluster(),
      startAlibabaCloudSimulator({ world: createDemoWorld() }),
      startRedis({ password: redisPassword }),
      startTraceCollector(),
    ]);
    cluster = new ClusterClient(embedded);
    await configure();
    const start = (role: string): HelperProcess => {
      const traced = ['--trace-endpoint', collector.url, '--trace-ratio', '1'];
      const more = ['--role', role, '--log-level', 'debug', '--seal-key-file', sealKeyFile, ...traced];
      return startHelper({ controlPlane: embedded, cloud, redisUrl: redis.url, more });
    };
    helpers = { watcher: start('watcher'), fetcher: start('fetcher'), writer: start('writer') };
    await waitUntil('every registry of shop', 40, async () => {
      await noteTokens(await cluster.dockerConfig('shop'));
      return tokens.size >= 4 ? true : undefined;
    });
  });

  after(async () => {
    await Promise.all(Object.values(helpers ?? {}).map((helper) => helper.stop()));
    await Promise.all([
      embedded?.stop(),
      cloud?.stop(),
      redis?.stop(),
      collector?.stop(),
      rm(folder, { recursive: true, force: true }),
    ]);
  });

  async function configure(): Promise<void> {
    await cluster.createNamespace('shop');
    await cluster.createAccount('shop', 'default').catch(() => undefined);
    await writeKeyPair('first');
    await cluster.createSecret('kube-system', 'wrong-key', {
      'access-key-id': pullerKey.id,
      'access-key-secret': wrongSecret,
    });
    await cluster.createSecret('kube-system', 'other-registry', {
      '.dockerconfigjson': JSON.stringify({
        auths: { 'registry.example.com': { auth: Buffer.from(`user:${mirrorPassword}`).toString('base64') } },
      }),
    });
    await cluster.writeConfigMap({
      'watch-namespace': 'shop',
      'service-account': '*',
      'acr-registry-info': registryInfo(
        { instanceId, ...region, domains: 'a.io', accessKeySecretRef: 'acr-key' },
        {
          instanceId,
          ...region,
          domains: 'b.io',
          customAccessKey: pullerKey.id,
          customAccessKeySecret: pullerKey.secret,
        },
        { instanceId, ...region, domains: 'c.io', accessKeySecretRef: 'wrong-key' },
        // By the role of the worker, which the metadata service gives.
        { instanceId, ...region, domains: 'd.io' },
        { pullSecretRef: 'other-registry' },
      ),
    });
  }

  /** The pair stays; whatever else is in the Secret makes a new version of it. */
  async function writeKeyPair(note: string): Promise<void> {
    await cluster.writeSecret('kube-system', 'acr-key', {
      'access-key-id': pullerKey.id,
      'access-key-secret': pullerKey.secret,
      note,
    });
  }

  async function noteTokens(dockerConfig: string | undefined): Promise<void> {
    for (const password of Object.values(passwordsOf(dockerConfig ?? '{"auths":{}}'))) tokens.add(password);
  }

  /** The span and those above it, as `role: name`; `undefined` while one of them has not arrived. */
  function lineOf(span: SentSpan): readonly string[] | undefined {
    const own = `${span.roles}: ${span.name}`;
    if (span.parentSpanId === undefined || span.parentSpanId === '') return [own];
    const parent = collector.spans().find(({ spanId }) => spanId === span.parentSpanId);
    const above = parent?.traceId === span.traceId ? lineOf(parent) : undefined;
    return above === undefined ? undefined : [own, ...above];
  }

  const spansOf = (traceId: string): readonly SentSpan[] =>
    collector.spans().filter((span) => span.traceId === traceId);

  it('a new account is one trace, from the watch that saw it to the patch that attached it', async () => {
    // A fan-out at the same moment may name the namespace, too, and be the newer message: then with another account.
    let asked = 0;
    const patch = await waitUntil('the trace of an account', 60, async () => {
      if (asked++ % 200 === 0) await cluster.createAccount('shop', `web-${asked}`);
      return collector
        .spans()
        .find(
          (span) =>
            String(span.attributes['acr.kubernetes.object']).startsWith('shop/web-') &&
            span.name === 'patch serviceaccounts' &&
            span.attributes['http.response.status_code'] === 200 &&
            lineOf(span)?.includes('watcher: observe account'),
        );
    });
    assert.deepEqual(lineOf(patch), [
      'writer: patch serviceaccounts',
      'writer: process namespace.sync',
      'watcher: send namespace.sync',
      'watcher: observe account',
    ]);
    const handled = spansOf(patch.traceId).find(({ name }) => name === 'process namespace.sync');
    assert.equal(handled?.attributes['messaging.system'], 'bullmq');
    assert.equal(handled?.attributes['messaging.destination.name'], 'namespaces');
    assert.equal(handled?.attributes['acr.message.attempt'], 1);
    assert.match(helpers.writer.output(), new RegExp(`"trace":"${patch.traceId}"[^\n]*"msg":"namespace synced"`));
  });

  it('a renewal is one trace: due, fetched, kept, and every namespace written', async () => {
    // Another version of the key pair makes the credential due. A tick at the same moment may take it into its own trace: then once more.
    let asked = 0;
    const written = await waitUntil('the trace of a renewal', 60, async () => {
      if (asked++ % 200 === 0) await writeKeyPair(`version ${asked}`);
      return collector
        .spans()
        .find((span) => span.name === 'patch secrets' && lineOf(span)?.includes('fetcher: process credential.refresh'));
    });
    assert.deepEqual(lineOf(written), [
      'writer: patch secrets',
      'writer: process namespace.sync',
      'writer: send namespace.sync',
      'writer: process namespace.sync-all',
      'fetcher: send namespace.sync-all',
      'fetcher: process credential.fetch',
      'fetcher: send credential.fetch',
      'fetcher: process credential.renew-due',
      'fetcher: send credential.renew-due',
      'fetcher: process credential.refresh',
      'watcher: send credential.refresh',
    ]);
    await noteTokens(await cluster.dockerConfig('shop'));
    const spans = spansOf(written.traceId);
    const kept = spans.find(({ name }) => name === 'keep credential');
    const call = spans.find(
      ({ name, parentSpanId }) => name === 'GetAuthorizationToken' && parentSpanId === kept?.parentSpanId,
    );
    assert.ok(kept !== undefined && lineOf(kept)?.[1] === 'fetcher: process credential.fetch');
    assert.deepEqual(
      [
        call?.attributes['cloud.region'],
        call?.attributes['acr.cloud.code'],
        call?.attributes['http.response.status_code'],
      ],
      [region.regionId, 'ok', 200],
    );
  });

  it('a call that the cloud refused says so with the code of the failure', async () => {
    const refused = await waitUntil('the refused call', 40, async () =>
      collector.spans().find(({ attributes }) => attributes['acr.cloud.code'] === 'cloud-signature-refused'),
    );
    assert.equal(refused.status.message, 'cloud-signature-refused');
    assert.equal(refused.attributes['error.type'], 'cloud-signature-refused');
    await waitUntil('its place', 20, async () => lineOf(refused));
    assert.match(lineOf(refused)?.[1] ?? '', /^fetcher: process credential\.fetch$/);
  });

  it('an example of the metric for new accounts leads to a trace', async () => {
    const url = `${await helpers.writer.opsUrl()}/metrics`;
    await waitUntil('an example with a trace that was sent', 40, async () => {
      const response = await fetch(url, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
      const examples = (await response.text()).matchAll(/ready_seconds_bucket.*trace_id="([0-9a-f]{32})"/g);
      return [...examples].some(([, traceId = '']) => spansOf(traceId).length > 0) ? true : undefined;
    });
  });

  it('no secret is in anything that was sent, until the last span before the end', async () => {
    await Promise.all(Object.values(helpers).map((helper) => helper.stop()));
    const payloads = collector.payloads();
    for (const name of ['GetAuthorizationToken', 'read ECS metadata', 'apply secrets'])
      assert.ok(
        collector.spans().some((span) => span.name === name),
        `no span ${name}`,
      );
    const secrets = [...tokens, pullerKey.secret, mirrorPassword, redisPassword, wrongSecret, sealKey];
    for (const secret of secrets) {
      for (const form of [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      ])
        assert.ok(!payloads.includes(form), `a span holds ${secret.slice(0, 16)}…`);
    }
    assert.doesNotMatch(payloads, /Signature|SecurityToken|[Aa]uthorization":|\?/);
  });
});
