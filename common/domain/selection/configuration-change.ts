import type { ConfigurationInForce, MirrorEntry, RegistryEntry } from '../configuration/configuration.ts';
import { resolveRegistries, type ResolvedEntry } from '../credentials/resolve-registries.ts';
import type { SecretSource } from '../namespaces/desired-secret.ts';
import type { NamespaceObservation, ObservedSecret } from '../namespaces/observation.ts';
import { isOurs, readSources } from '../namespaces/our-secrets.ts';
import { selectsAccount, selectsEntry, selectsNamespace } from './selection.ts';

/** What a configuration would take away from those who pull with a Secret of ours today. */
export type Detachment = {
  /**
   * Accounts with a reference to a Secret of ours; a namespace with such a Secret that no account refers to counts as one,
   * because its pods may name the Secret themselves.
   */
  readonly attached: number;
  /** Those that would lose the reference or the Secret. */
  readonly detached: number;
  /** Those that would keep it, and in it none of the logins that work today. */
  readonly loggedOut: number;
};

export const noDetachment: Detachment = { attached: 0, detached: 0, loggedOut: 0 };

/** A configuration that is to be judged, prepared once for all namespaces. */
export type ConfigurationChange = {
  readonly configuration: ConfigurationInForce['configuration'];
  readonly offers: readonly Offer[];
  /** Which registry a source id of the configuration before belongs to; absent: it is not known what was before. */
  readonly registriesBefore?: ReadonlyMap<string, string> | undefined;
};

/** What an entry will give logins for. */
type Offer = {
  readonly entry: ResolvedEntry['entry'];
  readonly sourceId?: string | undefined;
  readonly registry: string;
  /** Absent: every host of the registry. */
  readonly hosts?: readonly string[] | undefined;
};

/** `before`: what is in force, or was before a restart. */
export function changeOf(next: Resolvable, before: Resolvable | undefined): ConfigurationChange {
  return {
    configuration: next.configuration,
    offers: resolveRegistries(next).entries.map(({ entry, sourceId }) => ({
      entry,
      sourceId,
      registry: registryOf(entry, next.localRegion),
      hosts: 'secretName' in entry ? undefined : entry.domains,
    })),
    registriesBefore: before === undefined ? undefined : registriesBySource(before),
  };
}

type Resolvable = Pick<ConfigurationInForce, 'configuration' | 'localRegion'>;

/** Counts over the given namespaces; `now` in ms since the epoch. What goes anyway (opted out, terminating) is not counted. */
export function countDetachment(
  change: ConfigurationChange,
  observations: Iterable<NamespaceObservation>,
  now: number,
): Detachment {
  let total = noDetachment;
  for (const observation of observations) total = addDetachments(total, detachmentIn(observation, change, now));
  return total;
}

export function addDetachments(a: Detachment, b: Detachment): Detachment {
  return {
    attached: a.attached + b.attached,
    detached: a.detached + b.detached,
    loggedOut: a.loggedOut + b.loggedOut,
  };
}

/**
 * Whether the configuration is held back until a person confirms it [N6]: it would stop more than half of those who pull today. An
 * edit that was meant to do that is rare, and one that was not stops every deployment of a cluster. A ConfigMap that was emptied
 * says nothing about what is wanted: there, one is enough.
 */
export function isHeldBack({ attached, detached, loggedOut }: Detachment, isEmptied: boolean): boolean {
  return detached + loggedOut > (isEmptied ? 0 : attached / 2);
}

function detachmentIn(observation: NamespaceObservation, change: ConfigurationChange, now: number): Detachment {
  const { namespace, name } = observation;
  if (namespace === undefined || namespace.terminating || namespace.ignored) return noDetachment;
  const ours = observation.secrets.filter((secret) => isOurs(secret));
  const names = new Set(ours.map((secret) => secret.name));
  const accounts = observation.accounts.filter(({ pullSecrets }) => pullSecrets.some((secret) => names.has(secret)));
  if (ours.length === 0) return noDetachment;

  const { configuration } = change;
  const offers = selectsNamespace(configuration, namespace)
    ? change.offers.filter(({ entry }) => selectsEntry(entry, name))
    : [];
  const isKept = ({ sources }: ObservedSecret): 'yes' | 'no' | 'unknown' => {
    const working = readSources(sources).filter(({ expiresAt }) => expiresAt > now);
    if (working.length === 0) return 'unknown';
    return working.some((source) => offers.some((offer) => keeps(offer, source, change))) ? 'yes' : 'no';
  };
  const logins = new Map(ours.map((secret) => [secret.name, isKept(secret)]));
  const fateOf = (secrets: readonly string[]): Fate => {
    if (offers.length === 0) return 'detached';
    const known = new Set(secrets.map((secret) => logins.get(secret)));
    return known.has('no') && !known.has('yes') ? 'loggedOut' : 'kept';
  };
  const fates =
    accounts.length === 0
      ? [fateOf([...names])]
      : accounts
          .filter(({ ignored }) => !ignored)
          .map((account) =>
            configuration.attach && !selectsAccount(configuration, account) ? 'detached' : fateOf(account.pullSecrets),
          );
  return {
    attached: fates.length,
    detached: fates.filter((fate) => fate === 'detached').length,
    loggedOut: fates.filter((fate) => fate === 'loggedOut').length,
  };
}

type Fate = 'kept' | 'detached' | 'loggedOut';

/** Whether a login of the source will still be there. Another identity for the same registry keeps its logins. */
function keeps(offer: Offer, source: SecretSource, { registriesBefore }: ConfigurationChange): boolean {
  if (offer.hosts !== undefined) return source.hosts.some((host) => offer.hosts?.includes(host));
  return (
    offer.sourceId === source.id ||
    // Which hosts a registry has is known only once it was asked: without a configuration before, nothing speaks against it.
    registriesBefore === undefined ||
    registriesBefore.get(source.id) === offer.registry
  );
}

function registriesBySource(before: Resolvable): ReadonlyMap<string, string> {
  return new Map(
    resolveRegistries(before).entries.flatMap(({ entry, sourceId }) =>
      sourceId === undefined ? [] : [[sourceId, registryOf(entry, before.localRegion)] as const],
    ),
  );
}

function registryOf(entry: RegistryEntry | MirrorEntry, localRegion: string | undefined): string {
  if ('secretName' in entry) return `mirror ${entry.secretName}`;
  return `${entry.edition} ${entry.instanceId} ${entry.regionId ?? localRegion ?? ''}`;
}
