import { pendingUntil } from '../../common/domain/pending.ts';
import { resolveRegistries } from '../../common/domain/resolve-registries.ts';
import type { Clock, ConfigurationStore, CredentialStore, ObservationStore } from '../../common/ports.ts';
import type { Bus, Handler } from '../../queues/bus.ts';

export type SyncAllTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'namespaces' | 'isListed'>;
  readonly credentials: Pick<CredentialStore, 'read'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
};

/**
 * Names every namespace, once the credentials that were asked for together have arrived (or take too long): K registries then
 * cost one write per namespace.
 */
export function syncAllNamespaces(tools: SyncAllTools): Handler<'namespace.sync-all'> {
  const { observations, bus } = tools;
  return async ({ data, urgency }) => {
    if (!(await observations.isListed('everything'))) return;
    if (await isRenewalPending(tools)) return { againAfterSeconds: pollSeconds };
    const cause = data.cause === 'sweep' ? 'sweep' : 'fan-out';
    const messages = (await observations.namespaces()).map(
      (namespace) => ({ data: { namespace, cause }, urgency }) as const,
    );
    await bus.publish('namespace.sync', messages);
    return undefined;
  };
}

const pollSeconds = 0.05;

async function isRenewalPending({ configurations, credentials, clock }: SyncAllTools): Promise<boolean> {
  const inForce = await configurations.read();
  if (inForce === undefined) return false;
  const records = await credentials.read([...resolveRegistries(inForce).sources.keys()]);
  return [...records.values()].some((record) => pendingUntil(record, clock()) !== undefined);
}
