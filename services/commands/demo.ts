import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, toFailure } from '../../common/domain/failure.ts';
import type { Happening } from '../../common/domain/happening.ts';
import { silentLogger } from '../../common/runtime/logger.ts';
import type { Settings } from '../../common/runtime/settings.ts';
import { createDemoWorld, demoNames } from '../../deploy/simulators/alibaba-cloud/demo-world.ts';
import { startAlibabaCloudSimulator } from '../../deploy/simulators/alibaba-cloud/start.ts';
import { openDemoCluster, type DemoCluster } from './demo-cluster.ts';
import { Narration } from './demo-narration.ts';
import { startHelper } from './run.ts';

export type DemoOptions = {
  readonly settings: Settings;
  /** End after a namespace that was made meanwhile has been served and one renewal has happened. */
  readonly once: boolean;
  readonly write: (line: string) => void;
};

/** Everything simulated, in one process. Answers with the exit code. */
export async function demo({ settings, once, write }: DemoOptions): Promise<number> {
  const narration = new Narration(write, Date.now);
  const stops: (() => Promise<unknown>)[] = [];
  const interrupted = nextInterrupt();
  try {
    const cloud = await startAlibabaCloudSimulator({ world: createDemoWorld({ registryTokenSeconds: tokenSeconds }) });
    stops.push(() => cloud.stop());
    narration.part('cloud', `simulated Alibaba Cloud on ${cloud.url}, tokens live ${tokenSeconds} s here`);

    const cluster = await openDemoCluster(settings.kubeconfig, '.demo');
    stops.push(() => cluster.stop());
    await populate(cluster);
    narration.part(
      'cluster',
      `${cluster.embedded ? 'embedded API server' : 'API server'} on ${cluster.url}, ${describePopulation(cluster)}`,
    );

    const progress = new Progress(`${cluster.namespacePrefix}shop`);
    const { redisUrl } = settings;
    // Not among the keys of helpers that use this Redis in earnest: they would follow the demo's configuration.
    const redisPrefix = `{acr-demo-${randomUUID().slice(0, 8)}}`;
    if (redisUrl !== undefined) stops.push(() => removeFromRedis(redisUrl, redisPrefix));
    const helper = await startWithFreePort(
      demoSettings({ ...settings, redisPrefix }, cluster, cloud.url),
      (happening) => {
        narration.listen(happening);
        progress.note(happening);
      },
    );
    stops.push(() => helper.stop());
    const mode = settings.redisUrl === undefined ? 'standalone' : 'over Redis';
    narration.part('helper', `${mode}, region ${demoNames.regionId}, status page ${helper.ops.url}`);
    narration.text('');

    const story = tellStory({ ...cluster, opsUrl: helper.ops.url }, narration, progress, once);
    const ended = await Promise.race([interrupted, story]);
    if (ended === 'interrupted') narration.end('stopping, and leaving nothing behind');
    return 0;
  } catch (error) {
    const { message, hint } = toFailure(error);
    write(`error: ${message}\n  → ${hint}`);
    return 1;
  } finally {
    for (const stop of stops.toReversed())
      await stop().catch((error: unknown) => write(`error: ${toFailure(error).message}`));
  }
}

/** Short, so that a renewal can be watched. */
const tokenSeconds = 30;

const population: Readonly<Record<string, readonly string[]>> = {
  'team-a': ['web', 'worker'],
  'team-b': ['api'],
  'team-c': ['batch', 'report', 'mail'],
  payments: [],
  search: ['indexer'],
};

function describePopulation({ embedded }: DemoCluster): string {
  const accounts = Object.values(population).reduce((sum, names) => sum + names.length + 1, 0);
  const beside = embedded ? ', beside those of Kubernetes itself' : '';
  return `${Object.keys(population).length} namespaces, ${accounts} accounts${beside}`;
}

async function populate(cluster: DemoCluster): Promise<void> {
  for (const [name, accounts] of Object.entries(population)) {
    const namespace = cluster.namespacePrefix + name;
    await cluster.createNamespace(namespace);
    for (const account of accounts) await cluster.createAccount(namespace, account);
  }
  await cluster.writeConfigMap({
    'service-account': '*',
    'watch-namespace': cluster.embedded ? 'all' : 'acr-demo-*,!acr-demo-helper',
    'expiring-threshold': '10s',
    'acr-registry-info': [
      `- instanceId: ${demoNames.instanceId}`,
      `  regionId: ${demoNames.regionId}`,
      `- instanceId: ${demoNames.otherRegionInstanceId}`,
      `  regionId: ${demoNames.otherRegionId}`,
      '',
    ].join('\n'),
  });
}

function demoSettings(settings: Settings, cluster: DemoCluster, cloudUrl: string): Settings {
  return {
    ...settings,
    kubeconfig: cluster.kubeconfig,
    configMap: { namespace: cluster.configMapNamespace, name: 'acr-configuration' },
    openApiEndpoint: new URL(cloudUrl),
    environment: { ...settings.environment, metadataEndpoint: new URL(cloudUrl) },
    tokenMode: 'workerRole',
  };
}

async function startWithFreePort(
  settings: Settings,
  listen: (happening: Happening) => void,
): ReturnType<typeof startHelper> {
  try {
    return await startHelper(settings, silentLogger, listen);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'address-in-use') throw failure;
    return startHelper({ ...settings, opsAddress: { ...settings.opsAddress, port: 0 } }, silentLogger, listen);
  }
}

/** Loaded only when it is used. */
async function removeFromRedis(redisUrl: string, prefix: string): Promise<void> {
  const { emptyRedis } = await import('../wiring-redis.ts');
  await emptyRedis(redisUrl, prefix);
}

type ServedCluster = DemoCluster & { readonly opsUrl: string };

async function tellStory(
  cluster: ServedCluster,
  narration: Narration,
  progress: Progress,
  once: boolean,
): Promise<'done'> {
  await progress.until('the first namespaces are served', 20, () => progress.servedTogether);
  await sleep(1500);
  const shop = `${cluster.namespacePrefix}shop`;
  narration.say(`now somebody creates the namespace "${shop}"`);
  await cluster.createNamespace(shop);
  await progress.until(`the new namespace "${shop}" is served`, 20, () => progress.newServed);
  if (!once) tellWhatToTry(cluster, narration);
  await progress.until('a credential is renewed', tokenSeconds + 10, () => progress.renewed);
  await progress.until('the renewed credential is written', 10, () => progress.rewritten);
  // The last line of the account sums up what happens within a moment.
  await sleep(500);
  if (!once) await new Promise(() => undefined);
  return 'done';
}

function tellWhatToTry(cluster: ServedCluster, narration: Narration): void {
  const mine = `${cluster.namespacePrefix}mine`;
  const kubeconfig = /^[\w./-]+$/.test(cluster.kubeconfig) ? cluster.kubeconfig : `'${cluster.kubeconfig}'`;
  const kubectl = `kubectl --kubeconfig ${kubeconfig}`;
  const configMap = cluster.embedded ? '' : ` --config-map ${cluster.configMapNamespace}/acr-configuration`;
  const flags = `--kubeconfig ${kubeconfig} --ops-url ${cluster.opsUrl}${configMap}`;
  narration.text(
    '',
    `Try it:  ${kubectl} create namespace ${mine}`,
    `         ${kubectl} -n ${mine} get secret,serviceaccount -o wide`,
    `         npx acr-credential-helper explain ${mine}/default ${flags}`,
    'Ctrl-C stops everything and leaves nothing behind.',
    '',
  );
}

/** What of the story has happened. */
class Progress {
  readonly #newNamespace: string;
  servedTogether = false;
  newServed = false;
  renewed = false;
  rewritten = false;
  #lastTrouble: string | undefined;

  constructor(newNamespace: string) {
    this.#newNamespace = newNamespace;
  }

  note(happening: Happening): void {
    if (happening.kind === 'namespace-synced') {
      this.servedTogether ||= happening.cause === 'fan-out';
      this.newServed ||= happening.namespace === this.#newNamespace && happening.attached.includes('default');
      this.rewritten ||= this.renewed && happening.writes.includes('rewrite-secret');
    }
    if (happening.kind === 'credential-stored') this.renewed ||= happening.renewed;
    if ('failure' in happening) this.#lastTrouble = happening.failure.message;
    if (happening.kind === 'configuration-refused') this.#lastTrouble = happening.problems.join('; ');
  }

  async until(what: string, seconds: number, isDone: () => boolean): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!isDone()) {
      if (Date.now() > deadline) {
        const why = this.#lastTrouble === undefined ? '' : `; last trouble: ${this.#lastTrouble}`;
        throw new Failure('unexpected', `waited ${seconds} s until ${what}, in vain${why}`);
      }
      await sleep(50);
    }
  }
}

function nextInterrupt(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('interrupted'));
    process.once('SIGTERM', () => resolve('interrupted'));
  });
}
