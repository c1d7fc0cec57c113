import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { Failure } from '../../../domain/failure.ts';
import type { EventRecorder, EventSeries, KubernetesEvent } from '../../../ports/events.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { accepts } from '../requests/api-paths.ts';
import { fieldManager } from '../object-names.ts';

export type EventRecorderOptions = {
  readonly client: ApiClient;
  /** What the Events are about that name no namespace. */
  readonly configMap: { readonly namespace: string; readonly name: string };
};

/**
 * Events on the ConfigMap, on namespaces and on pods (`events.k8s.io/v1`). The name of an Event is made of what it says and of its occasion, so that several
 * processes that see the same make one. Throws `Failure`.
 */
export function createEventRecorder({ client, configMap }: EventRecorderOptions): EventRecorder {
  return {
    async record(event, series) {
      const { type, reason, note, at, uid } = event;
      const { kind, namespace, name, eventName } = placeOf(event, configMap);
      try {
        await client.request({
          verb: 'create',
          resource: 'events',
          object: `${namespace}/${name}`,
          path: eventsPath(namespace),
          accept: accepts.metadata,
          contentType: 'application/json',
          body: JSON.stringify({
            apiVersion: 'events.k8s.io/v1',
            kind: 'Event',
            metadata: { name: eventName, namespace },
            eventTime: microTime(at),
            reportingController: fieldManager,
            reportingInstance: hostname().slice(0, 128),
            action: reason,
            reason,
            type,
            note: fitted(note),
            regarding: { apiVersion: 'v1', kind, namespace, name, uid },
            series: series && seriesOf(series),
          }),
        });
        return 'made';
      } catch (error) {
        if (error instanceof Failure && error.code === 'kubernetes-conflict') return 'taken';
        throw error;
      }
    },
    async repeat(event, series) {
      const { namespace, name, eventName } = placeOf(event, configMap);
      await client.request({
        verb: 'patch',
        resource: 'events',
        object: `${namespace}/${name}`,
        path: `${eventsPath(namespace)}/${encodeURIComponent(eventName)}`,
        accept: accepts.metadata,
        contentType: 'application/merge-patch+json',
        body: JSON.stringify({ series: seriesOf(series) }),
      });
    },
  };
}

type Place = {
  readonly kind: 'ConfigMap' | 'Namespace' | 'Pod';
  readonly namespace: string;
  readonly name: string;
  readonly eventName: string;
};

/** What it is about, and the Event's own name. An Event lies beside what it is about: one of a namespace lies in it, where `kubectl get events` shows it. */
function placeOf(
  { reason, note, at, namespace: about, pod, occasion = Math.floor(at / 1000).toString() }: KubernetesEvent,
  configMap: EventRecorderOptions['configMap'],
): Place {
  const { namespace, name } = about === undefined ? configMap : { namespace: about, name: pod ?? about };
  const kind = about === undefined ? 'ConfigMap' : pod === undefined ? 'Namespace' : 'Pod';
  const id = createHash('sha256').update(`${reason}\n${note}\n${occasion}`).digest('hex').slice(0, 16);
  return { kind, namespace, name, eventName: `${name.slice(0, 200)}.${id}` };
}

function eventsPath(namespace: string): string {
  return `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
}

function seriesOf({ count, lastObservedAt }: EventSeries): object {
  return { count, lastObservedTime: microTime(lastObservedAt) };
}

/** `MicroTime` of the API: six decimals. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

/** The API server counts bytes, and refuses a longer note. Source: Kubernetes, validation of events.k8s.io/v1. */
function fitted(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= noteBytesMax) return note;
  const end = '…';
  const start = bytes.subarray(0, noteBytesMax - Buffer.byteLength(end)).toString('utf8');
  return `${start.replace(/\uFFFD+$/, '')}${end}`;
}

const noteBytesMax = 1024;
