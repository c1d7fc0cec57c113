import type { JsonObject, KubernetesObject } from './json.ts';

/** Turns a served object into the form that is kept, and back. */
export interface Conversion {
  readonly toStored: (served: KubernetesObject) => KubernetesObject;
  readonly toServed: (stored: KubernetesObject) => KubernetesObject;
}

/** The fields of an Event by their names in `events.k8s.io/v1` and in core `v1`: one stored object, two spellings. */
const names: readonly (readonly [events: string, core: string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

export const eventConversion: Conversion = {
  toStored: (served) => ({ ...renamed(served, 0, 1), kind: 'Event', apiVersion: 'v1', metadata: served.metadata }),
  toServed: (stored) => ({
    ...renamed(stored, 1, 0),
    kind: 'Event',
    apiVersion: 'events.k8s.io/v1',
    metadata: stored.metadata,
  }),
};

function renamed(event: KubernetesObject, from: 0 | 1, to: 0 | 1): JsonObject {
  const table = new Map(names.map((pair) => [pair[from], pair[to]]));
  return Object.fromEntries(Object.entries(event).map(([field, value]) => [table.get(field) ?? field, value]));
}
