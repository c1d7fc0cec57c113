import { partOf } from '../../common/domain/namespaces/sweep.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import type { Bus, Handler } from '../../queues/bus.ts';

export type SweepTools = {
  readonly observations: Pick<ObservationStore, 'namespaces' | 'listed'>;
  readonly bus: Pick<Bus, 'publish' | 'depths'>;
};

/**
 * Names the namespaces of one part of the sweep, so that what nobody noticed is found. Nothing is read from the API server: what was
 * observed is planned anew. Waits while there is other work, so that only what was missed counts as a correction.
 */
export function sweepNamespaces({ observations, bus }: SweepTools): Handler<'namespace.sweep'> {
  return async ({ data: { part } }) => {
    if ((await observations.listed('everything')) === undefined) return undefined;
    const depths = await bus.depths();
    if (depths.some(({ queue, waiting, active }) => busyQueues.has(queue) && waiting + active > 0)) {
      return { againAfterSeconds: 2 };
    }
    const namespaces = (await observations.namespaces()).filter((namespace) => partOf(namespace) === part);
    const messages = namespaces.map(
      (namespace) => ({ data: { namespace, cause: 'sweep' }, urgency: 'periodic' }) as const,
    );
    if (messages.length > 0) await bus.publish('namespace.sync', messages);
    return undefined;
  };
}

const busyQueues: ReadonlySet<string> = new Set(['namespaces', 'fan-out']);
