import { setTimeout as sleep } from 'node:timers/promises';
import { secretBehind } from '../../common/domain/credential-source.ts';
import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import { resolveRegistries } from '../../common/domain/resolve-registries.ts';
import type { ClusterWatcher, ConfigurationStore } from '../../common/ports.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { Bus } from '../../queues/bus.ts';

export type FollowSecretsTools = {
  readonly cluster: Pick<ClusterWatcher, 'watchSecretVersion'>;
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  /** The helper's own. */
  readonly namespace: string;
  readonly bus: Pick<Bus, 'publish'>;
  readonly report: Report;
  readonly signal: AbortSignal;
};

/**
 * Watches the Secrets that the configuration refers to (key pairs and mirrored docker configs), by name and metadata only, and
 * says when one changes. Which ones these are follows the configuration. Ends when the signal is aborted.
 */
export async function followSecrets(tools: FollowSecretsTools): Promise<void> {
  const { configurations, report, signal } = tools;
  const followed = new Map<string, AbortController>();
  while (!signal.aborted) {
    try {
      const inForce = await configurations.read();
      const sources = inForce === undefined ? [] : [...resolveRegistries(inForce).sources.values()];
      follow(new Set(sources.flatMap((source) => secretBehind(source) ?? [])), followed, tools);
    } catch (error) {
      report({ kind: 'message-failed', message: 'watch', key: 'referenced Secrets', failure: toFailure(error) });
    }
    await sleep(checkSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

const checkSeconds = 1;

function follow(names: ReadonlySet<string>, followed: Map<string, AbortController>, tools: FollowSecretsTools): void {
  for (const [name, stop] of followed) {
    if (names.has(name)) continue;
    stop.abort();
    followed.delete(name);
  }
  for (const name of names) {
    if (followed.has(name)) continue;
    const stop = new AbortController();
    followed.set(name, stop);
    void followOne(name, { ...tools, signal: AbortSignal.any([tools.signal, stop.signal]) });
  }
}

async function followOne(name: string, tools: FollowSecretsTools): Promise<void> {
  const { cluster, namespace, bus, report, signal } = tools;
  let known: string | undefined;
  try {
    for await (const event of cluster.watchSecretVersion(namespace, name, signal)) {
      const version = event.type === 'listed' ? undefined : event.items.at(-1)?.resourceVersion;
      if (version === undefined || version === known) continue;
      // The first one is what whoever needs the Secret reads anyway.
      if (known !== undefined || event.type === 'changed') {
        await persistently(
          () => bus.publish('credential.refresh', [{ data: { secretName: name }, urgency: 'unserved' }]),
          { signal },
        );
      }
      known = version;
    }
  } catch (error) {
    if (!signal.aborted)
      report({ kind: 'message-failed', message: 'watch', key: `Secret ${name}`, failure: toFailure(error) });
  }
}
