import type { ConfigurationInForce } from '../configuration/configuration.ts';
import { resolveRegistries, type ResolvedEntry } from '../credentials/resolve-registries.ts';
import { domainSecretName, numbered } from './secret-naming.ts';

type Resolvable = Pick<ConfigurationInForce, 'configuration' | 'localRegion'>;

/** By source: the hosts that it named. Only those of which a credential was there. */
export type KnownHosts = ReadonlyMap<string, readonly string[]>;

/**
 * Every name that a Secret of ours can have under this configuration, and with take-over those under which the original component
 * left Secrets: these are watched. The first name is always among them: a Secret that is left over must be seen.
 */
export function secretNames(inForce: Resolvable, secretName: string, known: KnownHosts): readonly string[] {
  const { secretNaming, takeOver } = inForce.configuration;
  const byDomain = domainNames(inForce, known);
  if (secretNaming === 'per-domain') return [secretName, ...byDomain];
  const aggregated = aggregatedNames(inForce, secretName);
  return takeOver ? [...aggregated, ...byDomain] : aggregated;
}

/** Whether the names depend on hosts that only the registries know. */
export function namesDependOnHosts({ configuration }: Pick<ConfigurationInForce, 'configuration'>): boolean {
  return configuration.secretNaming === 'per-domain' || configuration.takeOver;
}

/**
 * As many as the most credentials that entries want for one host, of which those that may coincide count. Which hosts a mirrored
 * docker config has is not known here, so that each one may add a credential to any of them.
 */
function aggregatedNames(inForce: Resolvable, secretName: string): readonly string[] {
  const sourcesByHost = new Map<string, Set<string>>();
  const mirrors = new Set<string>();
  const { entries } = resolveRegistries(inForce);
  for (const { entry, sourceId } of entries) {
    if (sourceId === undefined) continue;
    if ('secretName' in entry) mirrors.add(sourceId);
    else for (const host of hostsOf(entry, inForce.localRegion)) add(sourcesByHost, host, sourceId);
  }
  const most = Math.max(0, ...[...sourcesByHost.values()].map(({ size }) => size)) + mirrors.size;
  return Array.from({ length: Math.max(1, most) }, (_item, index) => numbered(secretName, index));
}

/** For each host as many as there are credentials that entries want for it. */
function domainNames(inForce: Resolvable, known: KnownHosts): readonly string[] {
  const sourcesByHost = new Map<string, Set<string>>();
  for (const { entry, sourceId } of resolveRegistries(inForce).entries) {
    if (sourceId === undefined) continue;
    const listed = 'secretName' in entry ? undefined : entry.domains;
    for (const host of listed ?? known.get(sourceId) ?? []) add(sourcesByHost, host, sourceId);
  }
  return [...sourcesByHost].flatMap(([host, { size }]) =>
    Array.from({ length: size }, (_item, index) => numbered(domainSecretName(host), index)),
  );
}

type RegistryEntry = Exclude<ResolvedEntry['entry'], { readonly secretName: string }>;

/** The listed hosts, and a stand-in for those that are discovered: two entries discover the same host only of the same registry. */
function hostsOf(
  { domains, edition, instanceId, regionId }: RegistryEntry,
  localRegion: string | undefined,
): readonly string[] {
  return [...(domains ?? []), `discovered ${edition} ${instanceId} ${regionId ?? localRegion ?? ''}`];
}

function add(sourcesByHost: Map<string, Set<string>>, host: string, sourceId: string): void {
  const sources = sourcesByHost.get(host) ?? new Set();
  sourcesByHost.set(host, sources.add(sourceId));
}
