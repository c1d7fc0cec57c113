import { parseFieldSelector } from './field-selector.ts';
import type { Kind } from './kinds.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { StoredObject } from './stored-object.ts';

/** What a list, a watch or a delete of a collection is about. */
export interface Selection {
  /** Undefined for all namespaces, and for kinds without one. */
  readonly namespace: string | undefined;
  /** Whether there is a label or field selector: the server then cannot count what remains. */
  readonly selective: boolean;
  readonly matches: (stored: StoredObject) => boolean;
}

/** Reads labelSelector and fieldSelector. @throws StatusError 400 */
export function parseSelection(kind: Kind, namespace: string | undefined, query: URLSearchParams): Selection {
  const labelText = query.get('labelSelector') ?? '';
  const fieldText = query.get('fieldSelector') ?? '';
  const labels = parseLabelSelector(labelText);
  const fields = parseFieldSelector(kind, fieldText);
  return {
    namespace,
    selective: labelText !== '' || fieldText !== '',
    matches: (stored) =>
      (namespace === undefined || stored.namespace === namespace) && fields.matches(stored) && labels(stored.labels),
  };
}
