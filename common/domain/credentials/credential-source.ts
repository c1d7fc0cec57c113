import type { Identity } from './identity.ts';

/** Where one credential comes from: everything that goes into it, and nothing else. */
export type CredentialSource = RegistrySource | MirrorSource;

/** A registry of Alibaba Cloud, which gives tokens. */
export type RegistrySource = SourceBase & {
  readonly kind: 'registry';
  readonly edition: 'enterprise' | 'personal';
  /** `cri-…`; empty for Personal Edition. */
  readonly instanceId: string;
  readonly regionId: string;
  readonly identity: Identity;
  /** Whether the instance is asked for its domains: because an entry wants all of them, or lists one that it must confirm. */
  readonly discoverDomains: boolean;
  /** Whether an entry of the configuration wants every domain of the instance. */
  readonly wantsAllDomains: boolean;
  /** Hosts that entries list and that are not Alibaba Cloud’s: the instance confirms them, unless the operator allows them. */
  readonly customHosts: readonly string[];
};

/** Another registry’s docker config, from a Secret in the helper’s namespace. */
export type MirrorSource = SourceBase & { readonly kind: 'mirror'; readonly secretName: string };

type SourceBase = {
  /** Stable over restarts and releases: a hash of every input to the credential. 16 hex digits. */
  readonly id: string;
  /** Fetches of one pool share a rate limit, a back-off and a circuit breaker: `<region>.<account>`. */
  readonly pool: string;
};

/** What a person calls this source: `cri-abc`, `personal/cn-hangzhou`, `Secret other-registry`. */
export function describeSource(source: CredentialSource): string {
  if (source.kind === 'mirror') return `Secret ${source.secretName}`;
  return source.instanceId === '' ? `personal/${source.regionId}` : source.instanceId;
}

/** The Secret in the helper’s namespace whose change makes what the source has outdated. */
export function secretBehind(source: CredentialSource): string | undefined {
  return source.kind === 'mirror' ? source.secretName : secretOfIdentity(source.identity);
}

function secretOfIdentity(identity: Identity): string | undefined {
  switch (identity.kind) {
    case 'access-key-secret':
      return identity.secretName;
    case 'assumed-role':
      return secretOfIdentity(identity.base);
    case 'access-key':
    case 'cluster-role':
    case 'rrsa':
      return undefined;
  }
}
