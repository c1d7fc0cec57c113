import type { CredentialRecord } from '../../common/domain/credentials/credential.ts';
import { askAgainSeconds, isUnanswered } from '../../common/domain/namespaces/pending.ts';
import { planRenewals, renewalRule } from '../../common/domain/credentials/plan-renewals.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ConfigurationStore, CredentialStore } from '../../common/ports/stores.ts';
import type { Bus, Handler } from '../../queues/bus.ts';

export type RenewTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly credentials: CredentialStore;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
  /** Brings the next look forward, to this moment (ms since the epoch). */
  readonly lookAgainAt: (moment: number) => void;
  /** Tells which pools the configuration needs, so that they are served. */
  readonly servePools: (pools: ReadonlySet<string>) => Promise<void>;
};

/** First fetch, renewal, retry and a lost cache are one path: asks for every credential that is due now. */
export function renewDueCredentials(tools: RenewTools): Handler<'credential.renew-due'> {
  const { configurations, credentials, bus, clock, lookAgainAt, servePools } = tools;
  return async () => {
    const inForce = await configurations.read();
    if (inForce === undefined || !(await credentials.isRestored())) return;
    const { sources } = resolveRegistries(inForce);
    await credentials.retain(new Set(sources.keys()));
    await servePools(new Set([...sources.values()].map(({ pool }) => pool)));
    const records = await credentials.read([...sources.keys()]);
    const now = clock();
    const { due, nextDueAt } = planRenewals({
      sources: sources.values(),
      records,
      rule: renewalRule(inForce),
      now,
    });
    const unasked = due.filter((id) => !isAsked(records.get(id), now));
    await credentials.markRequested(unasked, now);
    for (const id of unasked) {
      const source = sources.get(id);
      if (source !== undefined) {
        await bus.publish('credential.fetch', [{ data: { pool: source.pool, sourceId: id }, urgency: 'expiring' }]);
      }
    }
    if (nextDueAt !== undefined) lookAgainAt(nextDueAt);
  };
}

/** It waits for its turn in the pool, or is being fetched: asking once more would only wake it before its time. */
function isAsked(record: CredentialRecord | undefined, now: number): boolean {
  // Nor does a request count that lies far ahead: a clock that went wrong noted it, before the cloud's time was known.
  const isRecent = record !== undefined && Math.abs(now - record.requestedAt) < askAgainSeconds * 1000;
  return isRecent && isUnanswered(record);
}
