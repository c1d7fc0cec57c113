import type { ObservedChange } from '../../domain/observation.ts';

/**
 * EVERY key of the stores. All begin with the prefix: in braces it is the hash tag that keeps them on one node of a Redis
 * Cluster, and an ACL can name it (`~{acr}:*`).
 */
export function redisKeys(prefix = '{acr}') {
  return {
    /** String, sealed. */
    configuration: `${prefix}:configuration`,
    /** Hash: source id → how its last fetch ended, sealed. */
    credentials: `${prefix}:credentials`,
    /** Hash: source id → when it was last asked for, ms since the epoch. */
    credentialRequests: `${prefix}:credential-requests`,
    /** Set: names of the namespaces that have an `observed` hash. */
    namespaces: `${prefix}:observed-namespaces`,
    /** String `1`: every kind was listed. */
    complete: `${prefix}:observed-complete`,
    /** Hash: `namespace`, `account:<name>`, `secret:<name>` → state. */
    observed: (namespace: string) => `${prefix}:observed:${namespace}`,
    /** String with a time to live: the version at which something was deleted. */
    deleted: (change: ObservedChange) => `${prefix}:deleted:${change.namespace}:${observedField(change)}`,
  };
}

export type RedisKeys = ReturnType<typeof redisKeys>;

/** The field of an object in the `observed` hash of its namespace. */
export function observedField(change: ObservedChange): string {
  return change.kind === 'namespace' ? change.kind : `${change.kind}:${change.name}`;
}
