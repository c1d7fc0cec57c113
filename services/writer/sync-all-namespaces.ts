import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import { fanOutUrgency } from '../../common/domain/namespaces/fan-out-urgency.ts';
import { pendingUntil } from '../../common/domain/namespaces/pending.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ConfigurationStore, CredentialStore, ObservationStore } from '../../common/ports/stores.ts';
import type { Bus, Handler, Message } from '../../queues/bus.ts';
import { readObservations } from '../read-observations.ts';

export type SyncAllTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'namespaces' | 'read' | 'listed'>;
  readonly credentials: Pick<CredentialStore, 'read'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
};

/**
 * Names every namespace, once the credentials that were asked for together have arrived (or take too long): K registries then
 * cost one write per namespace. Whoever cannot pull is named as more urgent than whoever is only to be renewed.
 */
export function syncAllNamespaces(tools: SyncAllTools): Handler<'namespace.sync-all'> {
  const { configurations, observations, bus } = tools;
  return async ({ data, urgency }) => {
    if ((await observations.listed('everything')) === undefined) return;
    const inForce = await configurations.read();
    switch (await stateOfCredentials(inForce, tools)) {
      case 'nothing-known':
        return undefined;
      case 'pending':
        return { againAfterSeconds: pollSeconds };
      case 'settled':
        break;
    }
    // How many Secrets a namespace has may have changed with the credentials.
    if (inForce?.configuration.admission.enabled === true)
      await bus.publish('admission.register', [{ data: { cause: 'fan-out' }, urgency: 'periodic' }]);
    const cause = data.cause === 'sweep' ? 'sweep' : 'fan-out';
    // At a start most are served: whoever cannot pull does not wait until the thousands that need nothing are queued.
    const unservedFirst = data.cause === 'observed';
    const later: Message<'namespace.sync'>[][] = [];
    // Page by page: the first are being written while the last are looked at.
    for await (const page of readObservations(observations)) {
      const messages = page.map((observed): Message<'namespace.sync'> => ({
        data: { namespace: observed.name, cause },
        urgency:
          cause === 'sweep' || inForce === undefined
            ? urgency
            : fanOutUrgency(observed, inForce.configuration, urgency),
      }));
      if (unservedFirst) later.push(messages.filter((message) => message.urgency !== 'unserved'));
      await bus.publish(
        'namespace.sync',
        unservedFirst ? messages.filter((message) => message.urgency === 'unserved') : messages,
      );
    }
    for (const messages of later) await bus.publish('namespace.sync', messages);
    return undefined;
  };
}

const pollSeconds = 0.05;

/**
 * `nothing-known`: no source has answered yet, so there is nothing to write, and the first answer names everything again.
 * `pending`: credentials that were asked for together are still on their way.
 */
async function stateOfCredentials(
  inForce: ConfigurationInForce | undefined,
  { credentials, clock }: SyncAllTools,
): Promise<'nothing-known' | 'pending' | 'settled'> {
  if (inForce === undefined) return 'nothing-known';
  const { sources } = resolveRegistries(inForce);
  const records = [...(await credentials.read([...sources.keys()])).values()];
  if (records.some((record) => pendingUntil(record, clock()) !== undefined)) return 'pending';
  const isAnswered =
    sources.size === 0 || records.some(({ credential, failure }) => credential !== undefined || failure !== undefined);
  return isAnswered ? 'settled' : 'nothing-known';
}
