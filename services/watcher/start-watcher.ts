import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../common/domain/failure.ts';
import { secretNames } from '../../common/domain/namespaces/secret-names.ts';
import type { ClusterWatcher } from '../../common/ports.ts';
import type { WatcherWorld } from '../world.ts';
import { followSecrets } from './follow-secrets.ts';
import { LastGoodKeeper } from './keep-last-good.ts';
import { noticeLoss, type LossNoticingStores } from './notice-loss.ts';
import { watchCluster } from './watch-cluster.ts';
import { watchConfiguration } from './watch-configuration.ts';

/** Starts all watches, and starts them anew when the stores were emptied or other Secret names are to be watched. */
export async function startWatcher(world: WatcherWorld): Promise<void> {
  const { shutdown } = world;
  const [cluster, lastGoodStore] = await Promise.all([world.connectWatcher(), world.connectLastGood()]);
  const lastGood = new LastGoodKeeper(lastGoodStore, world.report, shutdown.signal);
  const stores = noticeLoss(world);
  const versions = new Map<string, string>();
  const running = (async () => {
    while (!shutdown.signal.aborted) await watchForARound({ ...world, ...stores, versions, cluster, lastGood });
  })();
  shutdown.add('watches', () => running);
  shutdown.add('last good configuration', () => lastGood.flush());
}

type Tools = WatcherWorld &
  LossNoticingStores & {
    readonly cluster: ClusterWatcher;
    readonly lastGood: LastGoodKeeper;
    /** Of the Secrets that the configuration refers to. */
    readonly versions: Map<string, string>;
  };

async function watchForARound(tools: Tools): Promise<void> {
  const { shutdown, settings, configurations, report } = tools;
  const round = new AbortController();
  const signal = AbortSignal.any([shutdown.signal, round.signal]);
  try {
    await tools.startRound();
    const inForce = await configurations.read();
    const names = inForce === undefined ? [settings.secretName] : secretNames(inForce, settings.secretName);
    await Promise.race([
      watchCluster({ ...tools, signal }, names),
      watchConfiguration({ ...tools, configMap: settings.configMap, signal }),
      followSecrets({ ...tools, namespace: settings.configMap.namespace, signal }),
      untilARoundEnds(names, { ...tools, signal }),
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

/**
 * Returns when this round's watches are no longer the right ones: the stores forgot what was observed (Redis was flushed), or
 * the configuration names Secrets that are not watched yet.
 */
async function untilARoundEnds(
  names: readonly string[],
  tools: Tools & { readonly signal: AbortSignal },
): Promise<void> {
  const { configurations, settings, signal } = tools;
  while (!signal.aborted) {
    await sleep(checkSeconds * 1000, undefined, { signal });
    try {
      if (await tools.hasLost()) return;
      const inForce = await configurations.read();
      if (inForce !== undefined && secretNames(inForce, settings.secretName).some((name) => !names.includes(name)))
        return;
    } catch {
      // The store cannot be reached: whoever writes to it waits and reports; there is nothing to compare now.
    }
  }
}

const checkSeconds = 1;
