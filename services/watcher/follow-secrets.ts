import { secretBehind, type CredentialSource } from '../../common/domain/credentials/credential-source.ts';
import { toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import type { ClusterWatcher } from '../../common/ports/cluster-watcher.ts';
import type { ConfigurationStore } from '../../common/ports/stores.ts';
import { persistently } from '../../common/runtime/persistently.ts';
import type { Bus } from '../../queues/bus.ts';
import { createNews } from './news.ts';

export type FollowSecretsTools = {
  readonly cluster: Pick<ClusterWatcher, 'watchSecretVersion'>;
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  /** The helper's own. */
  readonly namespace: string;
  readonly bus: Pick<Bus, 'publish'>;
  readonly report: Report;
  /** Tells of each configuration that is put in force: then another Secret may have to be followed, at once. */
  readonly onConfiguration: (listener: () => void) => () => void;
  /** The last known version of each Secret by name: what changes between two rounds of watching is not missed. */
  readonly versions: Map<string, string>;
  readonly signal: AbortSignal;
};

/**
 * Watches the Secrets that the configuration refers to (key pairs and mirrored docker configs), by name and metadata only, and
 * says when one changes. Which ones these are follows the configuration. Ends when the signal is aborted.
 */
export async function followSecrets(tools: FollowSecretsTools): Promise<void> {
  const { configurations, report, signal } = tools;
  const followed = new Map<string, AbortController>();
  const news = createNews();
  signal.addEventListener('abort', news.tell, { once: true });
  const endNews = tools.onConfiguration(news.tell);
  while (!signal.aborted) {
    try {
      const inForce = await configurations.read();
      const sources = inForce === undefined ? [] : [...resolveRegistries(inForce).sources.values()];
      follow(sources, followed, tools);
    } catch (error) {
      report({ kind: 'message-failed', message: 'watch', key: 'referenced Secrets', failure: toFailure(error) });
    }
    await news.wait(checkSeconds);
  }
  endNews();
}

/** Another process may have put a configuration in force, of which nobody tells. */
const checkSeconds = 1;

function follow(
  sources: readonly CredentialSource[],
  followed: Map<string, AbortController>,
  tools: FollowSecretsTools,
): void {
  const names = new Set(sources.flatMap((source) => secretBehind(source) ?? []));
  for (const [name, stop] of followed) {
    if (names.has(name)) continue;
    stop.abort();
    followed.delete(name);
    tools.versions.delete(name);
  }
  for (const name of names) {
    if (followed.has(name)) continue;
    const stop = new AbortController();
    followed.set(name, stop);
    const isMirrored = sources.some((source) => source.kind === 'mirror' && source.secretName === name);
    void followOne(name, isMirrored, { ...tools, signal: AbortSignal.any([tools.signal, stop.signal]) });
  }
}

async function followOne(name: string, isMirrored: boolean, tools: FollowSecretsTools): Promise<void> {
  const { cluster, namespace, bus, report, versions, signal } = tools;
  try {
    for await (const event of cluster.watchSecretVersion(namespace, name, signal)) {
      const version = event.type === 'listed' ? undefined : event.items.at(-1)?.resourceVersion;
      const known = versions.get(name);
      if (version === undefined || version === known) continue;
      // The first one is what whoever needs a key pair reads anyway, and a token of an older pair goes on until its renewal. A
      // mirrored docker config never expires: what became of it while nobody watched must be read.
      if (known !== undefined || event.type === 'changed' || isMirrored) {
        await persistently(
          () => bus.publish('credential.refresh', [{ data: { secretName: name }, urgency: 'unserved' }]),
          { signal },
        );
      }
      versions.set(name, version);
    }
  } catch (error) {
    if (!signal.aborted)
      report({ kind: 'message-failed', message: 'watch', key: `Secret ${name}`, failure: toFailure(error) });
  }
}
