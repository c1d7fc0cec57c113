import { createHash } from 'node:crypto';
import type { ConfigurationInForce, RegistryEntry } from './configuration/configuration.ts';
import type { CredentialSource } from './credential-source.ts';
import { accountOf, type Identity } from './identity.ts';

/** The entries of a configuration with the credential source that each one needs. */
export type ResolvedRegistries = {
  readonly entries: readonly ResolvedEntry[];
  /** By id. Entries that differ only in domains or namespaces share one source, so that its token is fetched once. */
  readonly sources: ReadonlyMap<string, CredentialSource>;
};

export type ResolvedEntry = {
  readonly entry: RegistryEntry;
  /** Absent: the entry names no region and the cluster's own is not known yet. */
  readonly sourceId?: string | undefined;
};

/** Finds the credential sources of a configuration. */
export function resolveRegistries(
  inForce: Pick<ConfigurationInForce, 'configuration' | 'localRegion'>,
): ResolvedRegistries {
  const sources = new Map<string, CredentialSource>();
  const entries = inForce.configuration.registries.map((entry): ResolvedEntry => {
    const regionId = entry.regionId ?? inForce.localRegion;
    if (regionId === undefined) return { entry };
    const source = sourceOf(entry, regionId);
    const known = sources.get(source.id);
    sources.set(source.id, { ...source, discoverDomains: source.discoverDomains || known?.discoverDomains === true });
    return { entry, sourceId: source.id };
  });
  return { entries, sources };
}

function sourceOf(entry: RegistryEntry, regionId: string): CredentialSource {
  const inputs = [entry.edition, entry.instanceId, regionId, ...inputsOf(entry.identity)];
  return {
    id: createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16),
    edition: entry.edition,
    instanceId: entry.instanceId,
    regionId,
    identity: entry.identity,
    pool: `${regionId}.${accountOf(entry.identity)}`,
    discoverDomains: entry.domains === undefined,
  };
}

/** Everything about an identity that changes the token; a key's secret only as its hash. */
function inputsOf(identity: Identity): readonly string[] {
  switch (identity.kind) {
    case 'access-key':
      return [
        identity.kind,
        identity.accessKeyId,
        createHash('sha256').update(identity.accessKeySecret.reveal()).digest('hex'),
      ];
    case 'access-key-secret':
      return [identity.kind, identity.secretName];
    case 'cluster-role':
      return [identity.kind];
    case 'rrsa':
      return [identity.kind, identity.roleArn, identity.oidcProviderArn];
    case 'assumed-role':
      return [identity.kind, identity.roleArn, String(identity.sessionSeconds), ...inputsOf(identity.base)];
  }
}
