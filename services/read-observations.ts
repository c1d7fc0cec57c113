import type { NamespaceObservation } from '../common/domain/namespaces/observation.ts';
import type { ObservationStore } from '../common/ports/stores.ts';

/**
 * What was seen of every namespace, page by page: a page is one round trip to Redis. Nothing else of the process goes on while a page is
 * read and looked at, so whoever has time asks for small ones.
 */
export async function* readObservations(
  observations: Pick<ObservationStore, 'namespaces' | 'read'>,
  namespacesAtOnce = 200,
): AsyncGenerator<readonly NamespaceObservation[], void, undefined> {
  const names = await observations.namespaces();
  for (let start = 0; start < names.length; start += namespacesAtOnce) {
    yield await Promise.all(names.slice(start, start + namespacesAtOnce).map((name) => observations.read(name)));
  }
}
