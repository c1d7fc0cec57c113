import type { Identity } from './identity.ts';

/** Where one credential comes from: everything that goes into the token, and nothing else. */
export type CredentialSource = {
  /** Stable over restarts: a hash of every input to the token. 16 hex digits. */
  readonly id: string;
  readonly edition: 'enterprise' | 'personal';
  /** `cri-…`; empty for Personal Edition. */
  readonly instanceId: string;
  readonly regionId: string;
  readonly identity: Identity;
  /** Fetches of one pool share a rate limit, a back-off and a circuit breaker: `<region>.<account>`. */
  readonly pool: string;
  /** Whether an entry of the configuration wants every domain of the instance. */
  readonly discoverDomains: boolean;
};

/** What a person calls this source: `cri-abc`, or `personal/cn-hangzhou`. */
export function describeSource(source: Pick<CredentialSource, 'instanceId' | 'regionId'>): string {
  return source.instanceId === '' ? `personal/${source.regionId}` : source.instanceId;
}
