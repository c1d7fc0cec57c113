import { readFile } from 'node:fs/promises';
import { createCertificateFolder } from '../common/adapters/certificates/certificate-folder.ts';
import { probeWebhook } from '../common/adapters/https/probe-webhook.ts';
import { createAdmissionRegistry } from '../common/adapters/kubernetes/admission/admission-registry.ts';
import { createCertificateStore } from '../common/adapters/kubernetes/admission/certificate-store.ts';
import { createCloudClock } from '../common/adapters/alibaba/cloud-clock.ts';
import { createCredentialIssuer } from '../common/adapters/alibaba/credential-issuer.ts';
import { createMetadataService } from '../common/adapters/alibaba/metadata-service.ts';
import { createRegionFinder } from '../common/adapters/alibaba/region-finder.ts';
import { createApiClient } from '../common/adapters/kubernetes/requests/api-client.ts';
import { createClusterWatcher } from '../common/adapters/kubernetes/watching/cluster-watcher.ts';
import { createClusterWriter } from '../common/adapters/kubernetes/writing/cluster-writer.ts';
import { resolveConnection } from '../common/adapters/kubernetes/connection/connection.ts';
import { createEventRecorder } from '../common/adapters/kubernetes/writing/event-recorder.ts';
import { createPodEvictor } from '../common/adapters/kubernetes/writing/pod-evictor.ts';
import { createLastGoodStore } from '../common/adapters/kubernetes/writing/last-good-store.ts';
import { createSecretNameStore } from '../common/adapters/kubernetes/writing/secret-name-store.ts';
import { createRequestWindow } from '../common/adapters/kubernetes/requests/request-window.ts';
import { createSecretReader } from '../common/adapters/kubernetes/secret-reader.ts';
import { createMemoryConfigurationStore } from '../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../common/adapters/memory/credential-store.ts';
import { createMemoryFightMemory } from '../common/adapters/memory/fight-memory.ts';
import { createMemoryObservationStore } from '../common/adapters/memory/observation-store.ts';
import { createMemoryPoolBudget } from '../common/adapters/memory/pool-budget.ts';
import { createMemoryRepairMemory } from '../common/adapters/memory/repair-memory.ts';
import { createMemoryRequestBudget } from '../common/adapters/memory/request-budget.ts';
import { createMemorySweepTurns } from '../common/adapters/memory/sweep-turns.ts';
import { Failure } from '../common/domain/failure.ts';
import type { Report } from '../common/domain/happening.ts';
import type { Tracer } from '../common/domain/tracing/tracer.ts';
import type { RequestBudget } from '../common/ports/budgets.ts';
import type { SecretReader } from '../common/ports/own-secrets.ts';
import type { Metrics } from '../common/runtime/metrics.ts';
import { persistently } from '../common/runtime/persistently.ts';
import type { Settings } from '../common/runtime/settings.ts';
import type { Shutdown } from '../common/runtime/shutdown.ts';
import { version } from '../common/runtime/version.ts';
import type { BusObserver } from '../queues/bus.ts';
import { createInMemoryBus } from '../queues/in-memory-bus.ts';
import { systemTimers } from '../queues/timers.ts';
import { exposeQueues } from './expose-queues.ts';
import { Health } from './health.ts';
import { createKnownHosts } from './known-hosts.ts';
import { noticeUpgrade } from './notice-upgrade.ts';
import { observeWatches } from './observe-watches.ts';
import { QueueProgress } from './queue-progress.ts';
import { recordEvents } from './record-events.ts';
import { noticeLostStore } from './notice-lost-store.ts';
import { traceOutcomes } from './wiring-tracing.ts';
import type { Stores, World } from './world.ts';

export type WiringOptions = {
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly report: Report;
  readonly tracer: Tracer;
  /** Whom `report` tells, besides the log and the metrics. */
  readonly listeners: Set<Report>;
  readonly shutdown: Shutdown;
};

/**
 * Composition root: the only place that builds clients. Nothing is connected before somebody asks for it, except Redis, which
 * is waited for. Throws `Failure` for what waiting does not mend.
 */
export async function buildWorld(options: WiringOptions): Promise<World> {
  const { settings, metrics, report, tracer, shutdown } = options;
  const health = new Health();
  const {
    bus: plainBus,
    requestBudget,
    ...stores
  } = settings.redisUrl === undefined ? inMemory(options) : await overRedis(settings.redisUrl, options);
  if (settings.redisUrl !== undefined) metrics.set('acr_helper_store_connected', {}, 1);
  shutdown.add('bus', () => plainBus.close());
  const progress = new QueueProgress(Date.now);
  const bus = progress.follow(plainBus);
  health.restartFor('queues', () => progress.stuck(bus));
  options.listeners.add(noticeLostStore(health));
  exposeQueues(bus, metrics);

  const connect = once(async () => {
    const connected = await connectCluster(options, health, requestBudget);
    // Before the connections are closed, which the last Events need.
    shutdown.add('last Events', () => events.close());
    return connected;
  });
  const connectEvents = async () => (await connect()).events;
  const events = recordEvents({ connect: connectEvents, report, clock: Date.now, timers: systemTimers });
  shutdown.add('Events', () => events.close());
  options.listeners.add(events.note);
  options.listeners.add(noticeUpgrade(bus));
  const cloudClock = createCloudClock(Date.now);
  const metadata = createMetadataService({
    endpoint: settings.environment.metadataEndpoint,
    v1Disabled: settings.environment.metadataV1Disabled,
    clock: Date.now,
    tracer,
  });
  shutdown.add('metadata connections', () => metadata.close());
  const regions = createRegionFinder({ clock: Date.now, region: settings.region, metadata });
  return {
    settings,
    metrics,
    report,
    tracer,
    shutdown,
    health,
    bus,
    ...stores,
    credentials: traceOutcomes(stores.credentials, tracer),
    // By the cloud's time, as far as it is known: expiries are judged by it.
    clock: cloudClock.now,
    random: Math.random,
    regions,
    secrets: secretsOnDemand(async () => (await connect()).secrets),
    connectOwnSecrets: async () => (await connect()).ownSecrets,
    certificateFolder: optional(settings.webhook.certificateFolder, createCertificateFolder),
    connectCertificates: async () => (await connect()).certificates,
    admission: {
      connect,
      // Loaded only when a certificate is made.
      issueCertificate: async (hosts, now) =>
        (await import('../common/adapters/certificates/issue-certificate.ts')).issueCertificate(hosts, now),
      probeWebhook,
    },
    connectLastGood: async () => (await connect()).lastGood,
    connectSecretNames: async () => (await connect()).secretNames,
    knownHosts: createKnownHosts(stores.credentials),
    connectWatcher: async () => (await connect()).watcher,
    connectWriter: async () => (await connect()).writer,
    connectPods: async () => (await connect()).pods,
    connectIssuer: async () => {
      const { environment, tokenMode, openApiEndpoint, allowedHosts } = settings;
      const issuer = createCredentialIssuer({
        clock: Date.now,
        cloudClock,
        secrets: secretsOnDemand(async () => (await connect()).secrets),
        metadata,
        regionFinder: regions,
        tokenMode,
        workerRoleName: environment.workerRoleName,
        managedRoleTokenFile: environment.managedTokenFile,
        oidcTokenFile: environment.oidcTokenFile,
        podRoleArn: environment.roleArn,
        podOidcProviderArn: environment.oidcProviderArn,
        openApiEndpoint,
        allowedHosts,
        tracer,
        observer: (action, region, code) => metrics.count('acr_helper_cloud_requests_total', { action, region, code }),
      });
      shutdown.add('cloud connections', () => issuer.close());
      return issuer;
    },
  };
}

function inMemory({ settings, metrics, report, tracer }: WiringOptions): Stores {
  const { kubeRequestsPerSecond } = settings;
  return {
    bus: createInMemoryBus({ observer: busObserver(metrics, report), tracer }),
    queueViewer: undefined,
    configurations: createMemoryConfigurationStore(),
    observations: createMemoryObservationStore(),
    credentials: createMemoryCredentialStore(),
    budget: createMemoryPoolBudget({ clock: Date.now, random: Math.random }),
    fights: createMemoryFightMemory(),
    sweepTurns: createMemorySweepTurns(),
    repairs: createMemoryRepairMemory(),
    requestBudget:
      kubeRequestsPerSecond === undefined
        ? undefined
        : createMemoryRequestBudget(kubeRequestsPerSecond, () => performance.now()),
  };
}

/** Loaded only when it is used: BullMQ and ioredis cost a tenth of a second at the start. */
async function overRedis(
  redisUrl: string,
  { settings, metrics, report, tracer, shutdown }: WiringOptions,
): Promise<Stores> {
  const { openRedisStores } = await import('./wiring-redis.ts');
  return persistently(
    async () =>
      openRedisStores({
        redisUrl,
        prefix: settings.redisPrefix,
        kubeRequestsPerSecond: settings.kubeRequestsPerSecond,
        sealKeys: settings.sealKeyFile === undefined ? undefined : await readSealKeys(settings.sealKeyFile),
        observer: busObserver(metrics, report),
        tracer,
        report,
        shutdown,
      }),
    {
      signal: shutdown.signal,
      onFailure: (failure, retryInSeconds) =>
        report({ kind: 'message-failed', message: 'start', key: 'redis', failure, retryInSeconds }),
    },
  );
}

async function readSealKeys(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure(
      'setting-invalid',
      `--seal-key-file ${file} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`,
      {
        cause: error,
      },
    );
  }
}

async function connectCluster(
  { settings, metrics, report, tracer, shutdown }: WiringOptions,
  health: Health,
  budget: RequestBudget | undefined,
) {
  const { environment, kubeconfig, kubeConcurrency, configMap } = settings;
  const connection = await resolveConnection({
    kubeconfigPath: kubeconfig,
    host: environment.kubernetesServiceHost,
    port: environment.kubernetesServicePort,
  });
  const client = createApiClient({
    connection,
    version,
    connections: kubeConcurrency,
    tracer,
    observer: (verb, resource, code) =>
      metrics.count('acr_helper_kubernetes_requests_total', { verb, resource, code: String(code) }),
  });
  shutdown.add('cluster connections', () => client.close());
  const window = createRequestWindow({ limit: kubeConcurrency, budget, bind: (work) => tracer.bind(work) });
  let waitedBefore = 0;
  metrics.beforeCollect(() => {
    const { inFlight, waiting, limit, waitedSeconds } = window.gauges();
    metrics.count('acr_helper_kubernetes_wait_seconds_total', {}, waitedSeconds - waitedBefore);
    waitedBefore = waitedSeconds;
    metrics.set('acr_helper_kubernetes_requests_in_flight', {}, inFlight);
    metrics.set('acr_helper_kubernetes_requests_waiting', {}, waiting);
    metrics.set('acr_helper_kubernetes_requests_limit', {}, limit);
  });
  return {
    watcher: createClusterWatcher({
      client,
      window,
      observer: observeWatches({ metrics, report, health, clock: Date.now }),
      limits: settings.redisUrl === undefined ? {} : { gatherMs: gatherForRedisMs },
    }),
    writer: createClusterWriter({ client, window }),
    pods: createPodEvictor({ client, window }),
    secrets: createSecretReader({ client, namespace: configMap.namespace }),
    registry: createAdmissionRegistry(client),
    certificates: createCertificateStore(client, configMap.namespace),
    lastGood: createLastGoodStore(client, configMap.namespace),
    secretNames: createSecretNameStore(client, configMap.namespace),
    events: createEventRecorder({ client, configMap }),
    ownSecrets: {
      readSecret: (namespace: string, name: string) => createSecretReader({ client, namespace }).readSecret(name),
    },
  };
}

/** Each change would be a call of its own, one for every echo of a write. One account that is new does not wait. */
const gatherForRedisMs = 10;

function busObserver(metrics: Metrics, report: Report): BusObserver {
  return {
    handled: (message, queue, seconds) => report({ kind: 'message-handled', message, queue, seconds }),
    failed: (message, key, failure, retryInSeconds) => {
      metrics.count('acr_helper_messages_total', { message, outcome: 'failed' });
      report({ kind: 'message-failed', message, key, failure, retryInSeconds });
    },
    rejected: (message, problem) => {
      metrics.count('acr_helper_messages_total', { message, outcome: 'rejected' });
      report({ kind: 'message-rejected', message, problem });
    },
    connection: (state, problem) => report({ kind: state === 'lost' ? 'store-lost' : 'store-restored', problem }),
  };
}

/** A fetcher needs the cluster only for key pairs that are kept in Secrets: it connects when the first one is read. */
function secretsOnDemand(connect: () => Promise<SecretReader>): SecretReader {
  return { readSecret: async (name) => (await connect()).readSecret(name) };
}

function optional<T, R>(value: T | undefined, make: (value: T) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}

function once<T>(create: () => Promise<T>): () => Promise<T> {
  let created: Promise<T> | undefined;
  return () => {
    created ??= create().catch((error: unknown) => {
      created = undefined;
      throw error;
    });
    return created;
  };
}
