import { describeSource, type CredentialSource } from '../../common/domain/credentials/credential-source.ts';
import { isUsable, type CredentialRecord } from '../../common/domain/credentials/credential.ts';
import { dueAt, renewalRule, type RenewalRule } from '../../common/domain/credentials/plan-renewals.ts';
import { poolObstacles } from '../../common/domain/credentials/pool-budget.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import type { Metrics } from '../../common/runtime/metrics.ts';
import type { FetcherWorld } from '../world.ts';

/** Gauges of every credential and every pool, set anew at each scrape so that those of removed registries go away. */
export function exposeCredentials(
  world: Pick<FetcherWorld, 'metrics' | 'configurations' | 'credentials' | 'budget' | 'clock'>,
): void {
  const { metrics, configurations, credentials, budget, clock } = world;
  metrics.beforeCollect(async () => {
    const inForce = await configurations.read();
    if (inForce === undefined) return;
    const sources = [...resolveRegistries(inForce).sources.values()];
    const pools = [...new Set(sources.map(({ pool }) => pool))];
    const [records, obstacles] = await Promise.all([
      credentials.read(sources.map(({ id }) => id)),
      Promise.all(pools.map(async (pool) => [pool, await budget.blockedBy(pool)] as const)),
    ]);
    for (const gauge of gauges) metrics.clear(gauge);
    const states = { fresh: 0, due: 0, expired: 0, missing: 0 };
    for (const source of sources) {
      const record = records.get(source.id);
      expose(source, record, renewalRule(inForce), metrics);
      states[stateOf(record, renewalRule(inForce), clock())]++;
    }
    for (const [state, count] of Object.entries(states)) metrics.set('acr_helper_credentials', { state }, count);
    for (const [pool, blockedBy] of obstacles) {
      for (const reason of poolObstacles)
        metrics.set('acr_helper_pool_blocked', { pool, reason }, blockedBy.includes(reason) ? 1 : 0);
    }
  });
}

const gauges = [
  'acr_helper_credential_expiration_timestamp_seconds',
  'acr_helper_credential_renewal_due_timestamp_seconds',
  'acr_helper_credential_failures',
  'acr_helper_credentials',
  'acr_helper_pool_blocked',
] as const;

function expose(
  source: CredentialSource,
  record: CredentialRecord | undefined,
  rule: RenewalRule,
  metrics: Metrics,
): void {
  const { credential, failure } = record ?? {};
  const region = source.kind === 'registry' ? source.regionId : '';
  const labels = { source: source.id, registry: describeSource(source), region };
  if (credential !== undefined) {
    const renewAt = renewalDueAt(credential, rule);
    metrics.set('acr_helper_credential_expiration_timestamp_seconds', labels, credential.expiresAt / 1000);
    metrics.set('acr_helper_credential_renewal_due_timestamp_seconds', labels, renewAt / 1000);
  }
  if (failure !== undefined)
    metrics.set('acr_helper_credential_failures', { ...labels, code: failure.code }, failure.attempts);
}

function stateOf(
  record: CredentialRecord | undefined,
  rule: RenewalRule,
  now: number,
): 'fresh' | 'due' | 'expired' | 'missing' {
  const credential = record?.credential;
  if (credential === undefined) return 'missing';
  if (!isUsable(credential, now)) return 'expired';
  return renewalDueAt(credential, rule) <= now ? 'due' : 'fresh';
}

/** Tries that failed, and the pauses after them, do not put it off: who looks wants to see that it is late. */
function renewalDueAt(credential: NonNullable<CredentialRecord['credential']>, rule: RenewalRule): number {
  return dueAt({ credential }, rule);
}
