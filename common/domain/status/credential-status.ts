import { describeSource, type CredentialSource } from '../credentials/credential-source.ts';
import { isUsable, neverExpires, type CredentialRecord } from '../credentials/credential.ts';
import { describeIdentity } from '../credentials/identity.ts';
import { dueAt, type RenewalRule } from '../credentials/plan-renewals.ts';
import type { ResolvedEntry, ResolvedRegistries } from '../credentials/resolve-registries.ts';
import type { CredentialStatus } from './status.ts';

export type CredentialStatusInput = {
  readonly resolved: ResolvedRegistries;
  readonly records: ReadonlyMap<string, CredentialRecord>;
  readonly rule: RenewalRule;
  /** ms since the epoch. */
  readonly now: number;
};

/** One row for each source, in the order of the configuration; entries whose region is not known are rows of their own. */
export function credentialStatuses({
  resolved,
  records,
  rule,
  now,
}: CredentialStatusInput): readonly CredentialStatus[] {
  const seen = new Set<string>();
  return resolved.entries.flatMap((resolvedEntry) => {
    const { sourceId } = resolvedEntry;
    if (sourceId === undefined) return [withoutRegion(resolvedEntry)];
    const source = resolved.sources.get(sourceId);
    if (source === undefined || seen.has(sourceId)) return [];
    seen.add(sourceId);
    return [statusOf(source, resolved.entries, records.get(sourceId), rule, now)];
  });
}

function withoutRegion({ entry }: ResolvedEntry): CredentialStatus {
  const name = 'secretName' in entry ? entry.secretName : entry.instanceId || 'personal';
  return { name, state: 'waiting', hosts: 'secretName' in entry ? [] : (entry.domains ?? []) };
}

function statusOf(
  source: CredentialSource,
  entries: readonly ResolvedEntry[],
  record: CredentialRecord | undefined,
  rule: RenewalRule,
  now: number,
): CredentialStatus {
  const { credential, failure } = record ?? {};
  const usable = isUsable(credential, now);
  const ends = credential !== undefined && credential.expiresAt < neverExpires;
  return {
    sourceId: source.id,
    name: describeSource(source),
    pool: source.pool,
    ...(source.kind === 'registry' ? { region: source.regionId, identity: describeIdentity(source.identity) } : {}),
    state: stateOf(usable, record, now),
    hosts: hostsOf(source, entries, record),
    fetchedAt: credential?.issuedAt,
    ...(ends ? { expiresAt: credential.expiresAt, renewsAt: Math.max(now, Math.round(dueAt(record, rule))) } : {}),
    ...(failure === undefined
      ? {}
      : {
          failure: {
            code: failure.code,
            message: failure.message,
            hint: failure.hint,
            at: failure.at,
            attempts: failure.attempts,
            nextAttemptAt: failure.nextAttemptAt,
          },
        }),
  };
}

function stateOf(usable: boolean, record: CredentialRecord | undefined, now: number): CredentialStatus['state'] {
  if (usable) return record?.failure === undefined ? 'fresh' : 'failing';
  const wasLost = record?.credential !== undefined && record.credential.expiresAt <= now;
  return record?.failure === undefined && !wasLost ? 'waiting' : 'missing';
}

/** Those that entries list, and those that the instance named. */
function hostsOf(
  { id }: CredentialSource,
  entries: readonly ResolvedEntry[],
  record: CredentialRecord | undefined,
): readonly string[] {
  const listed = entries.flatMap(({ entry, sourceId }) =>
    sourceId === id && !('secretName' in entry) ? (entry.domains ?? record?.credential?.discoveredDomains ?? []) : [],
  );
  return [...new Set(listed)];
}
