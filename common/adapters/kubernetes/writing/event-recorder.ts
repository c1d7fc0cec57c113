import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { Failure } from '../../../domain/failure.ts';
import type { Clock, EventRecorder } from '../../../ports.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { accepts } from '../requests/api-paths.ts';
import { fieldManager } from '../object-names.ts';

export type EventRecorderOptions = {
  readonly client: ApiClient;
  /** What the Events are about. */
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly clock: Clock;
};

/**
 * Events on the ConfigMap (`events.k8s.io/v1`). The same one is not repeated within ten minutes, and no more than twenty are sent in
 * ten minutes: an Event is for a person, who reads the last few. Throws `Failure`.
 */
export function createEventRecorder({ client, configMap, clock }: EventRecorderOptions): EventRecorder {
  const sentAt = new Map<string, number>();
  return {
    async record({ type, reason, note }, uid) {
      const now = clock();
      for (const [key, at] of sentAt) if (at < now - repeatMilliseconds) sentAt.delete(key);
      const key = createHash('sha256').update(`${reason}\n${note}`).digest('hex').slice(0, 16);
      if (sentAt.has(key) || sentAt.size >= eventsMax) return;
      sentAt.set(key, now);
      const { namespace, name } = configMap;
      await client
        .request({
          verb: 'create',
          resource: 'events',
          object: `${namespace}/${name}`,
          path: `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`,
          accept: accepts.metadata,
          contentType: 'application/json',
          body: JSON.stringify({
            apiVersion: 'events.k8s.io/v1',
            kind: 'Event',
            metadata: { name: `${name.slice(0, 200)}.${key}${Math.floor(now / 1000).toString(16)}`, namespace },
            eventTime: new Date(now).toISOString().replace('Z', '000Z'),
            reportingController: fieldManager,
            reportingInstance: hostname().slice(0, 128),
            action: reason,
            reason,
            type,
            note: note.slice(0, 1024),
            regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace, name, uid },
          }),
        })
        .catch((error: unknown) => {
          // The name is taken: another process said the same in the same second.
          if (!(error instanceof Failure) || error.code !== 'kubernetes-conflict') throw error;
        });
    },
  };
}

const repeatMilliseconds = 600_000;
const eventsMax = 20;
