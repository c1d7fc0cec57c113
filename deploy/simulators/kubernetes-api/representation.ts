import { ageSince } from './printer-columns.ts';
import { apiVersionOf } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { failure } from './status-errors.ts';
import { parseStored, textBeforeMetadata } from './stored-object.ts';
import type { StoredObject } from './stored-object.ts';

/** How a client wants objects written: whole, metadata only, or as rows of a table for `kubectl get`. */
export interface Representation {
  readonly kind: Kind;
  readonly form: 'object' | 'metadata' | 'table';
  /** What a table's rows carry beside their cells. */
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  /** Two representations with the same key write the same bytes. */
  readonly key: string;
}

/** The list metadata that every list carries. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

const metadataHead = '{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":';
const acceptedTypes = new Set(['application/json', 'application/*', '*/*']);

/**
 * Chooses the representation from an Accept header.
 * @param answer whether the answer is a list (metadata-only lists have their own name)
 * @throws StatusError 406 when nothing in the header can be served
 */
export function negotiate(
  kind: Kind,
  accept: string,
  answer: 'list' | 'single',
  query: URLSearchParams,
): Representation {
  for (const choice of accept === '' ? ['*/*'] : accept.split(',')) {
    const form = formOf(choice, answer);
    if (form === undefined) continue;
    const include = query.get('includeObject');
    const includeObject = include === 'None' || include === 'Object' ? include : 'Metadata';
    return { kind, form, includeObject, key: `${kind.group}/${form}/${includeObject}` };
  }
  throw failure(406, 'NotAcceptable', 'only the following media types are accepted: application/json');
}

/** One object as the answer to a read or a write. */
export function renderObject(view: Representation, stored: StoredObject, now: number): string {
  if (view.form === 'metadata') return `${metadataHead}${metadataText(stored)}}`;
  if (view.form === 'object') return objectText(view.kind, stored);
  return table(view, { resourceVersion: String(stored.version) }, [stored], now);
}

/** A list of objects; a typed list's items leave out kind and apiVersion, as the real server's do. */
export function renderList(view: Representation, meta: ListMeta, items: readonly StoredObject[], now: number): string {
  if (view.form === 'table') return table(view, meta, items, now);
  const metadata = JSON.stringify(meta);
  if (view.form === 'metadata') {
    const texts = items.map((stored) => `${metadataHead}${metadataText(stored)}}`);
    return `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${metadata},"items":[${texts.join(',')}]}`;
  }
  const { kind } = view;
  const skipped = textBeforeMetadata(kind).length - '"metadata":'.length;
  const texts = items.map((stored) => `{${objectText(kind, stored).slice(skipped)}`);
  return `{"kind":"${kind.kind}List","apiVersion":"${apiVersionOf(kind)}","metadata":${metadata},"items":[${texts.join(',')}]}`;
}

/** The object of a BOOKMARK: nothing but a version, and the mark that ends the initial events. */
export function renderBookmark(view: Representation, version: number, initialEventsEnd: boolean): string {
  const annotations = initialEventsEnd ? ',"annotations":{"k8s.io/initial-events-end":"true"}' : '';
  const metadata = `{"resourceVersion":"${version}"${annotations}}`;
  if (view.form === 'object') return `${textBeforeMetadata(view.kind)}${metadata}}`;
  const partial = `${metadataHead}${metadata}}`;
  if (view.form === 'metadata') return partial;
  const cells = JSON.stringify(view.kind.columns.map(({ name }) => (name === 'Age' ? ageSince(undefined, 0) : '')));
  const rows = `[{"cells":${cells},"object":${partial}}]`;
  return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"${version}"},"columnDefinitions":null,"rows":${rows}}`;
}

function formOf(choice: string, answer: 'list' | 'single'): Representation['form'] | undefined {
  const [type = '', ...parameters] = choice.split(';').map((part) => part.trim());
  if (!acceptedTypes.has(type)) return undefined;
  const wanted = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]));
  const as = wanted.get('as');
  if (as === undefined) return 'object';
  if (wanted.get('g') !== 'meta.k8s.io' || wanted.get('v') !== 'v1') return undefined;
  if (as === 'Table') return 'table';
  return as === (answer === 'list' ? 'PartialObjectMetadataList' : 'PartialObjectMetadata') ? 'metadata' : undefined;
}

function metadataText(stored: StoredObject): string {
  return stored.text.slice(stored.metadataStart, stored.metadataEnd);
}

function objectText({ conversion }: Kind, stored: StoredObject): string {
  return conversion === undefined ? stored.text : JSON.stringify(conversion.toServed(parseStored(stored)));
}

function table(view: Representation, meta: ListMeta, items: readonly StoredObject[], now: number): string {
  const definitions = view.kind.columns.map(({ name, type, priority }) => ({
    name,
    type,
    format: name === 'Name' ? 'name' : '',
    description: '',
    priority,
  }));
  const rows = items.map((stored) => {
    const object = parseStored(stored);
    const cells = JSON.stringify(view.kind.columns.map(({ cell }) => cell(object, now)));
    if (view.includeObject === 'None') return `{"cells":${cells}}`;
    const carried =
      view.includeObject === 'Object' ? objectText(view.kind, stored) : `${metadataHead}${metadataText(stored)}}`;
    return `{"cells":${cells},"object":${carried}}`;
  });
  return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(meta)},"columnDefinitions":${JSON.stringify(definitions)},"rows":[${rows.join(',')}]}`;
}
