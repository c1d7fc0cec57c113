import { setTimeout as sleep } from 'node:timers/promises';
import { toFailure } from '../../common/domain/failure.ts';
import { secretNames } from '../../common/domain/secret-names.ts';
import type { WatcherWorld } from '../world.ts';
import { followSecrets } from './follow-secrets.ts';
import { watchCluster } from './watch-cluster.ts';
import { watchConfiguration } from './watch-configuration.ts';

/** Starts all watches, and starts them anew when the stores were emptied or other Secret names are to be watched. */
export async function startWatcher(world: WatcherWorld): Promise<void> {
  const { shutdown } = world;
  const cluster = await world.connectWatcher();
  const running = (async () => {
    while (!shutdown.signal.aborted) await watchForARound({ ...world, cluster });
  })();
  shutdown.add('watches', () => running);
}

type Tools = WatcherWorld & { readonly cluster: Awaited<ReturnType<WatcherWorld['connectWatcher']>> };

async function watchForARound(tools: Tools): Promise<void> {
  const { shutdown, settings, configurations, report } = tools;
  const round = new AbortController();
  const signal = AbortSignal.any([shutdown.signal, round.signal]);
  try {
    const inForce = await configurations.read();
    const names =
      inForce === undefined ? [settings.secretName] : secretNames(inForce.configuration, settings.secretName);
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
  const { observations, configurations, settings, signal } = tools;
  let wasComplete = false;
  let wasConfigured = false;
  while (!signal.aborted) {
    await sleep(checkSeconds * 1000, undefined, { signal });
    try {
      const isComplete = await observations.isListed('everything');
      const inForce = await configurations.read();
      if ((wasComplete && !isComplete) || (wasConfigured && inForce === undefined)) return;
      wasComplete ||= isComplete;
      wasConfigured ||= inForce !== undefined;
      if (
        inForce !== undefined &&
        secretNames(inForce.configuration, settings.secretName).some((name) => !names.includes(name))
      )
        return;
    } catch {
      // The store cannot be reached: whoever writes to it waits and reports; there is nothing to compare now.
    }
  }
}

const checkSeconds = 1;
