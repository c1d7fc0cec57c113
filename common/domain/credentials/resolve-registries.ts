import { createHash } from 'node:crypto';
import type { ConfigurationInForce, MirrorEntry, RegistryEntry } from '../configuration/configuration.ts';
import type { CredentialSource, MirrorSource, RegistrySource } from './credential-source.ts';
import { accountOf, identityInputs } from './identity.ts';
import { isAlibabaHost, mayReceiveToken } from './registry-host.ts';

/** The entries of a configuration with the credential source that each one needs. */
export type ResolvedRegistries = {
  /** In the order of the configuration. */
  readonly entries: readonly ResolvedEntry[];
  /** By id. Entries that differ only in domains or namespaces share one source, so that its token is fetched once. */
  readonly sources: ReadonlyMap<string, CredentialSource>;
};

export type ResolvedEntry = {
  readonly entry: RegistryEntry | MirrorEntry;
  /** Absent: the entry names no region and the cluster's own is not known yet. */
  readonly sourceId?: string | undefined;
};

/** Finds the credential sources of a configuration. */
export function resolveRegistries(
  inForce: Pick<ConfigurationInForce, 'configuration' | 'localRegion'>,
): ResolvedRegistries {
  const { registries, mirrors } = inForce.configuration;
  const tokens = new Map<string, CredentialSource>();
  const found = [...registries, ...mirrors].map((entry) => {
    const source = sourceOf(entry, inForce.localRegion);
    if (source !== undefined) tokens.set(source.id, joined(source, tokens.get(source.id)));
    return { entry, token: source?.id };
  });
  const named = new Map([...tokens].map(([token, source]) => [token, withDiscoveryInId(source)]));
  const resolved = found.map(({ entry, token }): ResolvedEntry => {
    const sourceId = token === undefined ? undefined : named.get(token)?.id;
    return sourceId === undefined ? { entry } : { entry, sourceId };
  });
  return {
    entries: resolved.toSorted((a, b) => a.entry.index - b.entry.index),
    sources: new Map([...named.values()].map((source) => [source.id, source])),
  };
}

/**
 * What a credential was asked to discover is part of what it is: one that was fetched for listed domains does not know the others,
 * and must not be taken for one that says that there are none.
 */
function withDiscoveryInId(source: CredentialSource): CredentialSource {
  if (source.kind === 'mirror' || !source.discoverDomains) return source;
  const { id, wantsAllDomains, customHosts } = source;
  return { ...source, id: hashOf([id, String(wantsAllDomains), ...customHosts.toSorted()]) };
}

function sourceOf(entry: RegistryEntry | MirrorEntry, localRegion: string | undefined): CredentialSource | undefined {
  if ('secretName' in entry) return mirrorSource(entry.secretName);
  const regionId = entry.regionId ?? localRegion;
  return regionId === undefined ? undefined : registrySource(entry, regionId);
}

function joined(source: CredentialSource, known: CredentialSource | undefined): CredentialSource {
  if (source.kind === 'mirror' || known?.kind !== 'registry') return source;
  return {
    ...source,
    discoverDomains: source.discoverDomains || known.discoverDomains,
    wantsAllDomains: source.wantsAllDomains || known.wantsAllDomains,
    customHosts: [...new Set([...known.customHosts, ...source.customHosts])],
  };
}

function mirrorSource(secretName: string): MirrorSource {
  return { kind: 'mirror', id: hashOf(['mirror', secretName]), pool: 'mirror', secretName };
}

function registrySource(entry: RegistryEntry, regionId: string): RegistrySource {
  const customHosts = (entry.domains ?? []).filter((host) => !isAlibabaHost(host));
  return {
    kind: 'registry',
    id: hashOf([entry.edition, entry.instanceId, regionId, ...identityInputs(entry.identity)]),
    pool: `${regionId}.${accountOf(entry.identity)}`,
    edition: entry.edition,
    instanceId: entry.instanceId,
    regionId,
    identity: entry.identity,
    discoverDomains: entry.domains === undefined || customHosts.length > 0,
    wantsAllDomains: entry.domains === undefined,
    customHosts,
  };
}

function hashOf(inputs: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
}

/** The source as it is to be fetched: a host that the operator allows need not be confirmed by the instance. */
export function withAllowedHosts(source: RegistrySource, allowed: readonly string[]): RegistrySource {
  const needsConfirmation = source.customHosts.some((host) => !mayReceiveToken(host, { discovered: [], allowed }));
  return { ...source, discoverDomains: source.wantsAllDomains || needsConfirmation };
}
