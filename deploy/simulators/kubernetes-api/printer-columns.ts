import { isJsonObject, textAt, valueAt } from './json.ts';
import type { Json, KubernetesObject } from './json.ts';

/** One column of `kubectl get`. Priority 1 shows only with `-o wide`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer';
  readonly priority: 0 | 1;
  /** The cell; `now` is in milliseconds and only ages use it. */
  readonly cell: (object: KubernetesObject, now: number) => string | number;
}

const name: PrinterColumn = column('Name', (object) => object.metadata.name ?? '');
const age: PrinterColumn = column('Age', (object, now) => ageSince(object.metadata.creationTimestamp, now));

export const plainColumns = [name, age] as const;

export const namespaceColumns = [name, column('Status', (o) => textAt(o, ['status', 'phase'])), age] as const;

export const secretColumns = [
  name,
  column('Type', (o) => textAt(o, ['type'])),
  column('Data', (o) => countOf(o['data'])),
  age,
] as const;

export const configMapColumns = [
  name,
  column('Data', (o) => countOf(o['data']) + countOf(o['binaryData'])),
  age,
] as const;

export const eventColumns = [
  column('Last Seen', (o, now) =>
    ageSince(
      textAt(o, ['series', 'lastObservedTime']) || textAt(o, ['lastTimestamp']) || textAt(o, ['eventTime']),
      now,
    ),
  ),
  column('Type', (o) => textAt(o, ['type'])),
  column('Reason', (o) => textAt(o, ['reason'])),
  column('Object', (o) => {
    const about = o['involvedObject'] ?? o['regarding'];
    return `${textAt(about, ['kind']).toLowerCase()}/${textAt(about, ['name'])}`;
  }),
  wide('Source', (o) => textAt(o, ['source', 'component']) || textAt(o, ['reportingComponent'])),
  column('Message', (o) => textAt(o, ['message']) || textAt(o, ['note'])),
  wide('Count', (o) => numberAt(o, ['series', 'count'], numberAt(o, ['count'], 1))),
  wide('Name', (o) => o.metadata.name ?? ''),
] as const;

export const leaseColumns = [name, column('Holder', (o) => textAt(o, ['spec', 'holderIdentity'])), age] as const;

export const podColumns = [
  name,
  column('Ready', (o) => `${readyContainers(o)}/${countOf(valueAt(o, ['spec', 'containers']))}`),
  column('Status', (o) => textAt(o, ['status', 'phase']) || 'Pending'),
  column('Restarts', () => 0),
  age,
  wide('IP', (o) => textAt(o, ['status', 'podIP']) || '<none>'),
  wide('Node', (o) => textAt(o, ['spec', 'nodeName']) || '<none>'),
] as const;

export const deploymentColumns = [
  name,
  column(
    'Ready',
    (o) =>
      `${numberAt(o, ['status', 'readyReplicas'], 0).toString()}/${numberAt(o, ['spec', 'replicas'], 1).toString()}`,
  ),
  column('Up-to-date', (o) => numberAt(o, ['status', 'updatedReplicas'], 0)),
  column('Available', (o) => numberAt(o, ['status', 'availableReplicas'], 0)),
  age,
] as const;

export const webhookColumns = [name, column('Webhooks', (o) => countOf(o['webhooks'])), age] as const;

/** The age as kubectl prints it: `45s`, `3m12s`, `5h`, `12d`; `<unknown>` when there is no time. */
export function ageSince(timestamp: string | undefined, now: number): string {
  const seconds = Math.floor((now - Date.parse(timestamp ?? '')) / 1000);
  if (Number.isNaN(seconds)) return '<unknown>';
  if (seconds < 0) return '0s';
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  if (days < 8) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  return `${days}d`;
}

function column(name: string, cell: PrinterColumn['cell']): PrinterColumn {
  return { name, type: 'string', priority: 0, cell };
}

function wide(name: string, cell: PrinterColumn['cell']): PrinterColumn {
  return { name, type: 'string', priority: 1, cell };
}

function countOf(value: Json | undefined): number {
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

function numberAt(object: KubernetesObject, path: readonly string[], otherwise: number): number {
  const found = valueAt(object, path);
  return typeof found === 'number' ? found : otherwise;
}

function readyContainers(pod: KubernetesObject): number {
  const statuses = valueAt(pod, ['status', 'containerStatuses']);
  return Array.isArray(statuses) ? statuses.filter((status) => valueAt(status, ['ready']) === true).length : 0;
}
