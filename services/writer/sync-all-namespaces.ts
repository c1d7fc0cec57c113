import { pendingUntil } from '../../common/domain/namespaces/pending.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import type { Clock, ConfigurationStore, CredentialStore, ObservationStore } from '../../common/ports.ts';
import type { Bus, Handler } from '../../queues/bus.ts';

export type SyncAllTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'namespaces' | 'listed'>;
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
    if ((await observations.listed('everything')) === undefined) return;
    switch (await stateOfCredentials(tools)) {
      case 'nothing-known':
        return undefined;
      case 'pending':
        return { againAfterSeconds: pollSeconds };
      case 'settled':
        break;
    }
    const cause = data.cause === 'sweep' ? 'sweep' : 'fan-out';
    const messages = (await observations.namespaces()).map(
      (namespace) => ({ data: { namespace, cause }, urgency }) as const,
    );
    await bus.publish('namespace.sync', messages);
    return undefined;
  };
}

const pollSeconds = 0.05;

/**
 * `nothing-known`: no source has answered yet, so there is nothing to write, and the first answer names everything again.
 * `pending`: credentials that were asked for together are still on their way.
 */
async function stateOfCredentials({
  configurations,
  credentials,
  clock,
}: SyncAllTools): Promise<'nothing-known' | 'pending' | 'settled'> {
  const inForce = await configurations.read();
  if (inForce === undefined) return 'nothing-known';
  const { sources } = resolveRegistries(inForce);
  const records = [...(await credentials.read([...sources.keys()])).values()];
  if (records.some((record) => pendingUntil(record, clock()) !== undefined)) return 'pending';
  const isAnswered =
    sources.size === 0 || records.some(({ credential, failure }) => credential !== undefined || failure !== undefined);
  return isAnswered ? 'settled' : 'nothing-known';
}
