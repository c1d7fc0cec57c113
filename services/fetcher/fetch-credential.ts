import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { describeSource, type CredentialSource } from '../../common/domain/credentials/credential-source.ts';
import type { Credential, CredentialRecord } from '../../common/domain/credentials/credential.ts';
import { toFailure, type Failure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import { nextAttempt } from '../../common/domain/credentials/next-attempt.ts';
import { dueAt, renewalRule } from '../../common/domain/credentials/plan-renewals.ts';
import { resolveRegistries, withAllowedHosts } from '../../common/domain/credentials/resolve-registries.ts';
import type { PoolBudget, PoolTrouble } from '../../common/ports/budgets.ts';
import type { Clock, Random } from '../../common/ports/clock.ts';
import type { CredentialIssuer } from '../../common/ports/cloud.ts';
import type { SecretReader } from '../../common/ports/own-secrets.ts';
import type { ConfigurationStore, CredentialStore } from '../../common/ports/stores.ts';
import type { Bus, Handler } from '../../queues/bus.ts';
import { readMirror } from './read-mirror.ts';

export type FetchTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly credentials: Pick<CredentialStore, 'read' | 'write'>;
  readonly issuer: CredentialIssuer;
  readonly secrets: SecretReader;
  readonly budget: Pick<PoolBudget, 'take' | 'settle'>;
  /** `--allowed-host`. */
  readonly allowedHosts: readonly string[];
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Report;
  readonly lookAgainAt: (moment: number) => void;
};

/**
 * Fetches one credential if it is still due, stores it and has every namespace named. A failure is stored beside the last good
 * credential, which stays in use until its own expiry.
 */
export function fetchCredential(tools: FetchTools): Handler<'credential.fetch'> {
  const { configurations, credentials, clock } = tools;
  return async ({ data, signal }) => {
    const inForce = await configurations.read();
    const source = inForce === undefined ? undefined : resolveRegistries(inForce).sources.get(data.sourceId);
    if (inForce === undefined || source === undefined) return;
    const record = (await credentials.read([source.id])).get(source.id);
    if (isFresh(record, inForce, clock()) || isBackingOff(record, clock())) return;
    const turn = await tools.budget.take(source.pool, patienceSeconds(record, clock()));
    if (!turn.admitted) return { againAfterSeconds: turn.retryInSeconds };
    try {
      const credential = await obtain(source, signal, tools);
      await store({ source, credential, before: record, inForce }, tools);
    } catch (error) {
      if (signal.aborted) throw error;
      await storeFailure(source, record, toFailure(error), tools);
    }
    return undefined;
  };
}

/** The shorter what is left of the last good credential, the sooner an account that does not answer is worth another try. */
function patienceSeconds(record: CredentialRecord | undefined, now: number): number | undefined {
  const expiresAt = record?.credential?.expiresAt;
  return expiresAt === undefined ? undefined : Math.max(0.5, (expiresAt - now) / 6000);
}

/** A message that comes too early, because others were asked for meanwhile, must not shorten the wait after a failure. */
function isBackingOff(record: CredentialRecord | undefined, now: number): boolean {
  const failure = record?.failure;
  return failure !== undefined && failure.nextAttemptAt > now && (record?.staleAt ?? 0) <= failure.at;
}

async function obtain(source: CredentialSource, signal: AbortSignal, tools: FetchTools): Promise<Credential> {
  const { issuer, secrets, budget, clock, allowedHosts } = tools;
  try {
    const credential =
      source.kind === 'mirror'
        ? await readMirror(source, secrets, clock())
        : await issuer.fetchCredential(withAllowedHosts(source, allowedHosts), signal);
    await settle(source.pool, 'succeeded', budget);
    return credential;
  } catch (error) {
    await settle(source.pool, troubleOf(toFailure(error)), budget);
    throw error;
  }
}

/** What was fetched is worth more than the count of it: an unreachable Redis must not turn a success into a failure. */
async function settle(
  pool: string,
  outcome: 'succeeded' | PoolTrouble,
  budget: Pick<PoolBudget, 'settle'>,
): Promise<void> {
  await budget.settle(pool, outcome).catch(() => undefined);
}

/** What a failure says about the pool: an answer that refuses us is still an answer. */
function troubleOf({ code, reaction }: Failure): 'succeeded' | PoolTrouble {
  if (code === 'cloud-throttled') {
    return { kind: 'throttled', retryAfterSeconds: reaction.kind === 'retry-after' ? reaction.seconds : undefined };
  }
  return code === 'cloud-unreachable' || code === 'cloud-error' ? { kind: 'failed' } : 'succeeded';
}

/** Another worker may have been faster, or the message is an old one. Sources that go along with a due one are due a little early. */
function isFresh(record: CredentialRecord | undefined, inForce: ConfigurationInForce, now: number): boolean {
  const credential = record?.credential;
  if (credential === undefined) return false;
  const life = credential.expiresAt - credential.issuedAt;
  return dueAt(record, renewalRule(inForce)) - life / 6 > now;
}

type Stored = {
  readonly source: CredentialSource;
  readonly credential: Credential;
  readonly before: CredentialRecord | undefined;
  readonly inForce: ConfigurationInForce;
};

async function store({ source, credential, before, inForce }: Stored, tools: FetchTools): Promise<void> {
  const { credentials, bus, report, clock, lookAgainAt } = tools;
  await credentials.write({ sourceId: source.id, credential });
  if (!isSameMirror(source, credential, before))
    await bus.publish('namespace.sync-all', [{ data: { cause: 'credential' }, urgency: 'expiring' }]);
  lookAgainAt(dueAt({ credential }, renewalRule(inForce)));
  const previous = before?.credential;
  report({
    kind: 'credential-stored',
    source: describeSource(source),
    domains: credential.discoveredDomains.length,
    expiresAt: credential.expiresAt,
    renewed: previous !== undefined,
    beforeExpirySeconds: previous === undefined ? undefined : (previous.expiresAt - clock()) / 1000,
  });
}

/** A mirrored docker config that was read anew, and is what it was before, is news to no namespace. */
function isSameMirror(source: CredentialSource, credential: Credential, before: CredentialRecord | undefined): boolean {
  return (
    source.kind === 'mirror' &&
    before?.failure === undefined &&
    before?.credential?.password.equals(credential.password) === true
  );
}

async function storeFailure(
  source: CredentialSource,
  record: CredentialRecord | undefined,
  failure: Failure,
  tools: FetchTools,
): Promise<void> {
  const { credentials, bus, clock, random, report, lookAgainAt } = tools;
  const now = clock();
  const attempts = (record?.failure?.attempts ?? 0) + 1;
  const nextAttemptAt =
    now +
    1000 * nextAttempt({ reaction: failure.reaction, attempts, expiresAt: record?.credential?.expiresAt, now, random });
  await credentials.write({
    sourceId: source.id,
    credential: record?.credential,
    failure: { code: failure.code, message: failure.message, hint: failure.hint, at: now, attempts, nextAttemptAt },
  });
  // Whoever waited for this source to go into the same write need not wait any longer.
  if (attempts === 1) await bus.publish('namespace.sync-all', [{ data: { cause: 'credential' }, urgency: 'expiring' }]);
  lookAgainAt(nextAttemptAt);
  report({
    kind: 'credential-failed',
    source: describeSource(source),
    failure,
    nextAttemptAt,
    lastGoodUntil: record?.credential?.expiresAt,
  });
}
