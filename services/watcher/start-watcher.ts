import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../common/domain/failure.ts';
import type { ClusterWatcher } from '../../common/ports/cluster-watcher.ts';
import type { WatcherWorld } from '../world.ts';
import { followHungPods } from './follow-hung-pods.ts';
import { followSecretNames, namesFor } from './follow-secret-names.ts';
import { followSecrets } from './follow-secrets.ts';
import { LastGoodKeeper } from './keep-last-good.ts';
import { SecretNameKeeper } from './keep-secret-names.ts';
import { noticeLoss, type LossNoticingStores } from './notice-loss.ts';
import { watchCluster } from './watch-cluster.ts';
import { watchConfiguration } from './watch-configuration.ts';
import { WatchedNames } from './watched-names.ts';

/** Starts all watches, and starts them anew when the stores were emptied or the cluster was restored from a backup. */
export async function startWatcher(world: WatcherWorld): Promise<void> {
  const { shutdown } = world;
  const [cluster, lastGoodStore, nameStore] = await Promise.all([
    world.connectWatcher(),
    world.connectLastGood(),
    world.connectSecretNames(),
  ]);
  const lastGood = new LastGoodKeeper(lastGoodStore, world.report, shutdown.signal);
  const keeper = new SecretNameKeeper(nameStore, world.report, shutdown.signal);
  const stores = noticeLoss(world);
  const versions = new Map<string, string>();
  const running = (async () => {
    while (!shutdown.signal.aborted) await watchForARound({ ...world, ...stores, versions, cluster, lastGood, keeper });
  })();
  shutdown.add('watches', () => running);
  shutdown.add('last good configuration', () => lastGood.flush());
  shutdown.add('names of Secrets', () => keeper.flush());
}

type Tools = WatcherWorld &
  LossNoticingStores & {
    readonly cluster: ClusterWatcher;
    readonly lastGood: LastGoodKeeper;
    readonly keeper: SecretNameKeeper;
    /** Of the Secrets that the configuration refers to. */
    readonly versions: Map<string, string>;
  };

async function watchForARound(tools: Tools): Promise<void> {
  const { shutdown, settings, report, keeper } = tools;
  const { secretName, configMap } = settings;
  const round = new AbortController();
  const signal = AbortSignal.any([shutdown.signal, round.signal]);
  try {
    const { era, observations } = await tools.startRound();
    // Of a cluster that was restored from a backup, these were as well.
    keeper.reread();
    const names = new WatchedNames(await firstNames(tools));
    await Promise.race([
      watchCluster({ ...tools, observations, era, signal }, names),
      watchConfiguration({ ...tools, configMap, signal }),
      followSecrets({ ...tools, namespace: configMap.namespace, signal }),
      followSecretNames({ ...tools, names, secretName, signal }),
      followHungPods({ ...tools, signal }),
      untilSomethingIsLost({ ...tools, signal }),
    ]);
  } catch (error) {
    if (shutdown.signal.aborted) return;
    report({
      kind: 'message-failed',
      message: 'watch',
      key: 'round',
      failure: toFailure(error),
      retryInSeconds: pauseSeconds,
    });
    await sleep(pauseSeconds * 1000, undefined, { signal: shutdown.signal }).catch(() => undefined);
  } finally {
    round.abort();
  }
}

const pauseSeconds = 1;

/** Under these there may be Secrets of ours: what they hold is taken back before anything is fetched. */
async function firstNames(tools: Tools): Promise<readonly string[]> {
  const { configurations, keeper, settings } = tools;
  const [kept, inForce] = await Promise.all([keeper.read(), configurations.read()]);
  const needed = inForce === undefined ? [] : await namesFor(inForce, { ...tools, secretName: settings.secretName });
  return [settings.secretName, ...needed, ...kept];
}

/** Returns when the stores forgot what was observed: Redis was flushed, or another watcher saw that the cluster was restored. */
async function untilSomethingIsLost(tools: Tools & { readonly signal: AbortSignal }): Promise<void> {
  while (!tools.signal.aborted) {
    await sleep(checkSeconds * 1000, undefined, { signal: tools.signal });
    try {
      if (await tools.hasLost()) return;
    } catch {
      // The store cannot be reached: whoever writes to it waits and reports; there is nothing to compare now.
    }
  }
}

const checkSeconds = 1;
