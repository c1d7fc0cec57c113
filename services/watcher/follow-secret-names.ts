import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { isOurs } from '../../common/domain/namespaces/our-secrets.ts';
import { namesDependOnHosts, secretNames } from '../../common/domain/namespaces/secret-names.ts';
import type { ConfigurationStore, KnownHostStore, ObservationStore } from '../../common/ports/stores.ts';
import { readObservations } from '../read-observations.ts';
import type { SecretNameKeeper } from './keep-secret-names.ts';
import { createNews } from './news.ts';
import type { WatchedNames } from './watched-names.ts';

export type FollowSecretNamesTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'namespaces' | 'read' | 'listed' | 'era'>;
  readonly knownHosts: KnownHostStore;
  readonly keeper: Pick<SecretNameKeeper, 'keep' | 'drop'>;
  readonly names: WatchedNames;
  /** Of the first aggregated Secret: it is always watched. */
  readonly secretName: string;
  /** Tells of each configuration that is put in force. */
  readonly onConfiguration: (listener: () => void) => () => void;
  readonly signal: AbortSignal;
};

/**
 * Keeps the watched names in step with the configuration and with the hosts that registries name: new ones are added at once, and
 * those that nothing wants any more are dropped when no Secret of ours is left under them. Ends when the signal is aborted.
 */
export async function followSecretNames(tools: FollowSecretNamesTools): Promise<void> {
  const { names, secretName, signal } = tools;
  const news = createNews();
  signal.addEventListener('abort', news.tell, { once: true });
  const endNews = tools.onConfiguration(news.tell);
  const startedAt = performance.now();
  let droppedAt = startedAt;
  let hasGivenUp = false;
  while (!signal.aborted) {
    const now = performance.now();
    const isTimeToDrop = now - droppedAt >= dropSeconds * 1000;
    if (isTimeToDrop) droppedAt = now;
    try {
      await addNeeded(isTimeToDrop, tools);
    } catch {
      // The store cannot be reached: whoever writes to it waits and reports; there is nothing to compare now.
    }
    if (!hasGivenUp && now - startedAt >= giveUpSeconds * 1000) {
      hasGivenUp = true;
      names.giveUp(names.all().filter((name) => name !== secretName));
    }
    await news.wait(checkSeconds);
  }
  endNews();
}

/** Another process may have put a configuration in force, or stored a credential that names hosts: of that nobody tells. */
const checkSeconds = 1;

/** A name whose list the API server refuses, because a role was cut back, holds up nothing but itself. */
const giveUpSeconds = 10;

const dropSeconds = 60;

async function addNeeded(isTimeToDrop: boolean, tools: FollowSecretNamesTools): Promise<void> {
  const inForce = await tools.configurations.read();
  if (inForce === undefined) return;
  const needed = await namesFor(inForce, tools);
  tools.names.add(needed);
  tools.keeper.keep(needed.filter((name) => name !== tools.secretName));
  if (isTimeToDrop) await dropUnusedNames(needed, tools);
}

/** What is to be watched under this configuration, as far as the hosts are known. */
export async function namesFor(
  inForce: ConfigurationInForce,
  { knownHosts, secretName }: Pick<FollowSecretNamesTools, 'knownHosts' | 'secretName'>,
): Promise<readonly string[]> {
  const sourceIds = namesDependOnHosts(inForce) ? [...resolveRegistries(inForce).sources.keys()] : [];
  const known = sourceIds.length === 0 ? new Map<string, never>() : await knownHosts.readHosts(sourceIds);
  return secretNames(inForce, secretName, known);
}

/** Ends the watches of names that are not among the needed ones, and under which no Secret of ours is left. */
export async function dropUnusedNames(
  needed: readonly string[],
  { observations, keeper, names, secretName }: FollowSecretNamesTools,
): Promise<void> {
  const wanted = new Set([secretName, ...needed]);
  const superfluous = new Set(names.listed().filter((name) => !wanted.has(name)));
  const era = superfluous.size === 0 ? undefined : await observations.era();
  if (superfluous.size === 0 || (await observations.listed('everything')) === undefined) return;
  for await (const page of readObservations(observations)) {
    for (const secret of page.flatMap(({ secrets }) => secrets)) if (isOurs(secret)) superfluous.delete(secret.name);
  }
  // Where everything was forgotten meanwhile, what is absent means nothing.
  if (era !== (await observations.era())) return;
  names.drop([...superfluous]);
  keeper.drop([...superfluous]);
}
