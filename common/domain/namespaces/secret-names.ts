import type { ConfigurationInForce } from '../configuration/configuration.ts';
import { nameOf } from './desired-secrets.ts';
import { resolveRegistries, type ResolvedEntry } from '../credentials/resolve-registries.ts';

/**
 * Every name that a Secret of ours can have under this configuration: these are watched. As many as the most credentials that
 * entries want for one host, of which those that may coincide count. Which hosts a mirrored docker config has is not known
 * here, so that each one may add a credential to any of them.
 */
export function secretNames(
  inForce: Pick<ConfigurationInForce, 'configuration' | 'localRegion'>,
  secretName: string,
): readonly string[] {
  const sourcesByHost = new Map<string, Set<string>>();
  const mirrors = new Set<string>();
  const { entries } = resolveRegistries(inForce);
  for (const { entry, sourceId } of entries) {
    if (sourceId === undefined) continue;
    if ('secretName' in entry) mirrors.add(sourceId);
    else for (const host of hostsOf(entry, inForce.localRegion)) add(sourcesByHost, host, sourceId);
  }
  const most = Math.max(0, ...[...sourcesByHost.values()].map(({ size }) => size)) + mirrors.size;
  return Array.from({ length: Math.max(1, most) }, (_item, index) => nameOf(secretName, index));
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
