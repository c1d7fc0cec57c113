import type { Configuration, RegistryEntry } from './configuration/configuration.ts';
import { nameOf } from './desired-secrets.ts';

/**
 * Every name that a Secret of ours can have under this configuration: these are watched. As many as the most credentials that
 * entries want for one host, of which those that may coincide count.
 */
export function secretNames({ registries }: Pick<Configuration, 'registries'>, secretName: string): readonly string[] {
  const identitiesByHost = new Map<string, Set<string>>();
  for (const entry of registries) {
    for (const host of hostsOf(entry)) {
      const identities = identitiesByHost.get(host) ?? new Set();
      identitiesByHost.set(
        host,
        identities.add(JSON.stringify([entry.edition, entry.instanceId, entry.regionId, entry.identity])),
      );
    }
  }
  const most = Math.max(1, ...[...identitiesByHost.values()].map(({ size }) => size));
  return Array.from({ length: most }, (_item, index) => nameOf(secretName, index));
}

/** The listed hosts, and a stand-in for those that are discovered: two entries discover the same host only of the same registry. */
function hostsOf({ domains, edition, instanceId, regionId }: RegistryEntry): readonly string[] {
  return [...(domains ?? []), `discovered ${edition} ${instanceId} ${regionId ?? ''}`];
}
