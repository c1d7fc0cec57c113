import type { ObservedChange } from '../../domain/namespaces/observation.ts';
import type { Milestone } from '../../ports/stores.ts';

/**
 * EVERY key of the stores. All begin with the prefix: in braces it is the hash tag that keeps them on one node of a Redis
 * Cluster, and an ACL can name it (`~{acr}:*`).
 */
export function redisKeys(prefix = '{acr}') {
  return {
    /** String: another text after each change of the configuration. */
    configurationVersion: `${prefix}:configuration-version`,
    /** String: another text after each change of the three hashes of credentials. */
    credentialsVersion: `${prefix}:credentials-version`,
    /** String, sealed. */
    configuration: `${prefix}:configuration`,
    /** Hash: source id → how its last fetch ended, sealed. */
    credentials: `${prefix}:credentials`,
    /** Hash: source id → when it was last asked for, ms since the epoch. */
    credentialRequests: `${prefix}:credential-requests`,
    /** Hash: source id → when what it has became outdated, ms since the epoch. */
    credentialStaleness: `${prefix}:credential-staleness`,
    /** String `1`: what our own Secrets hold was taken back. */
    credentialsRestored: `${prefix}:credentials-restored`,
    /** Set: names of the namespaces that have an `observed` hash. */
    namespaces: `${prefix}:observed-namespaces`,
    /** String: how many objects there were when it was listed. */
    listed: (what: Milestone) => `${prefix}:observed-listed:${what}`,
    /** String: another text after each restore of the cluster from a backup. */
    era: `${prefix}:observed-era`,
    /** Hash: kind → the newest version that was seen in this era. */
    newest: `${prefix}:observed-newest`,
    /** Hash: `namespace`, `account:<name>`, `secret:<name>` → state. */
    observed: (namespace: string) => `${prefix}:observed:${namespace}`,
    /** String with a time to live: era and version at which something was deleted. */
    deleted: (change: ObservedChange) => `${prefix}:deleted:${change.namespace}:${observedField(change)}`,
    /** String with a time to live: what a pool of fetches may do, as JSON. */
    pool: (pool: string) => `${prefix}:pool:${pool}`,
    /** Hash: namespace → which of its objects were corrected lately, as JSON. */
    fights: `${prefix}:fights`,
    /** String with a time to live: the last evictions of hung pods, as JSON. */
    repairs: `${prefix}:repairs`,
    /** String: how many turns of the sweep there were. */
    sweepTurn: `${prefix}:sweep-turn`,
    /** String with a time to live: some writer took a turn just now. */
    sweepTurnTaken: `${prefix}:sweep-turn-taken`,
    /** Hash with a time to live: the token bucket of `--kube-qps`. */
    requestBudget: `${prefix}:request-budget`,
    /** Sorted set with a time to live: process → when it last asked for requests, ms since the epoch. */
    requestSharers: `${prefix}:request-sharers`,
  };
}

export type RedisKeys = ReturnType<typeof redisKeys>;

/** The field of an object in the `observed` hash of its namespace. */
export function observedField(change: ObservedChange): string {
  return change.kind === 'namespace' ? change.kind : `${change.kind}:${change.name}`;
}
