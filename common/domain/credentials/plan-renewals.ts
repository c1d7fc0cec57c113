import { createHash } from 'node:crypto';
import type { ConfigurationInForce } from '../configuration/configuration.ts';
import type { CredentialSource } from './credential-source.ts';
import type { CredentialRecord } from './credential.ts';
import { isUnanswered } from '../namespaces/pending.ts';

/** Which sources to fetch now, and when to look again. */
export type RenewalPlan = {
  readonly due: readonly string[];
  /** The next moment at which a source will be due, ms since the epoch; absent when there is none. */
  readonly nextDueAt?: number | undefined;
};

/** When this cluster renews. */
export type RenewalRule = {
  /** `expiring-threshold`. */
  readonly thresholdSeconds: number;
  /** In [0, 1), the same for ever in one cluster and another in another: clusters of one account do not renew in the same second. */
  readonly spread: number;
};

export type RenewalInput = {
  readonly sources: Iterable<Pick<CredentialSource, 'id'>>;
  readonly records: ReadonlyMap<string, CredentialRecord>;
  readonly rule: RenewalRule;
  /** ms since the epoch. */
  readonly now: number;
};

/**
 * First fetch, renewal, retry and a lost cache are one question: which sources are due at `now`?
 *
 * A due source takes along those that would be due soon, so that a namespace sees one write per cycle however many
 * registries it has [S11]:
 *
 *     A  |------- life -------|--due--X
 *     B     |------- life -------|--due--X
 *                             ^ A is due; B would be within a sixth of its life: both are fetched, one write
 */
export function planRenewals({ sources, records, rule, now }: RenewalInput): RenewalPlan {
  const moments = [...sources].map(({ id }) => ({
    id,
    ...momentsOf(records.get(id), rule),
    isTroubled: isTroubled(records.get(id)),
  }));
  const someAreDue = moments.some(({ dueAt, isTroubled }) => dueAt <= now && !isTroubled);
  const due = moments.filter(({ dueAt, joinsAt }) => dueAt <= now || (someAreDue && joinsAt <= now));
  const later = moments.filter((moment) => !due.includes(moment)).map(({ dueAt }) => dueAt);
  return { due: due.map(({ id }) => id), nextDueAt: later.length === 0 ? undefined : Math.min(...later) };
}

/** When the source of the record has to be fetched, ms since the epoch; 0 for one that was never fetched. */
export function dueAt(record: FetchState | undefined, rule: RenewalRule): number {
  return momentsOf(record, rule).dueAt;
}

/** Seconds before the expiry at which a credential is renewed: a token shorter than the threshold neither loops nor dies. */
export function renewBeforeSeconds(thresholdSeconds: number, lifeSeconds: number): number {
  return Math.min(Math.max(thresholdSeconds, lifeSeconds / 3), lifeSeconds / 2);
}

type FetchState = Pick<CredentialRecord, 'credential' | 'failure' | 'staleAt'>;

type Moments = {
  readonly dueAt: number;
  /** From when on the source goes along with another that is due. */
  readonly joinsAt: number;
};

function momentsOf(record: FetchState | undefined, { thresholdSeconds, spread }: RenewalRule): Moments {
  const failedUntil = record?.failure?.nextAttemptAt ?? 0;
  if (isStale(record)) return { dueAt: 0, joinsAt: 0 };
  if (record?.credential === undefined) return { dueAt: failedUntil, joinsAt: failedUntil };
  const { issuedAt, expiresAt } = record.credential;
  const life = expiresAt - issuedAt;
  const renewAt = expiresAt - 1000 * renewBeforeSeconds(thresholdSeconds, life / 1000) - (spread * life) / 20;
  return { dueAt: Math.max(renewAt, failedUntil), joinsAt: Math.max(renewAt - life / 6, failedUntil) };
}

/** One that fails, or waits for its turn in a throttled pool, is due for long: it must not pull the others out of their cycle. */
function isTroubled(record: CredentialRecord | undefined): boolean {
  return record !== undefined && (record.failure !== undefined || isUnanswered(record));
}

/** A key pair was changed after the last answer: neither the credential nor the failure says anything about the new pair. */
function isStale(record: FetchState | undefined): boolean {
  const answeredAt = Math.max(record?.credential?.issuedAt ?? 0, record?.failure?.at ?? 0);
  return record?.staleAt !== undefined && record.staleAt > answeredAt;
}

/** Of a configuration in force: the threshold that it names, and the spread that the cluster's id gives. */
export function renewalRule({ configuration, clusterId }: ConfigurationInForce): RenewalRule {
  const hash = createHash('sha256')
    .update(clusterId ?? '')
    .digest()
    .readUInt32BE(0);
  return {
    thresholdSeconds: configuration.expiringThresholdSeconds,
    spread: clusterId === undefined ? 0 : hash / 2 ** 32,
  };
}
