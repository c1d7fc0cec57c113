import { createMemoryObservationStore } from '../../../common/adapters/memory/observation-store.ts';
import { HeldSources } from '../../../common/domain/plan/assumed-credentials.ts';
import type { ObservedChange } from '../../../common/domain/namespaces/observation.ts';
import type { ClusterLists } from '../../../common/ports/cluster-reader.ts';
import type { ObservationStore } from '../../../common/ports/stores.ts';

export type ObservedCluster = {
  readonly observations: Pick<ObservationStore, 'namespaces' | 'read'>;
  readonly held: HeldSources;
};

/**
 * Lists the cluster once, page by page: namespaces, accounts, and Secrets of these names without their data. What is kept is what the helper
 * itself keeps, about 300 bytes for each account. Throws `Failure`.
 */
export async function observeCluster(
  lists: ClusterLists,
  secretNames: readonly string[],
  tell: (what: string, done: number) => void,
): Promise<ObservedCluster> {
  const observations = createMemoryObservationStore();
  const held = new HeldSources();
  let done = 0;
  const take = async (pages: AsyncIterable<readonly ObservedChange[]>, what: string): Promise<void> => {
    for await (const page of pages) {
      await observations.observe(page);
      tell(`listing ${what}:`, (done += page.length));
    }
  };
  await Promise.all([
    take(namespaceChanges(lists), 'the cluster'),
    take(accountChanges(lists), 'the cluster'),
    ...secretNames.map((name) => take(secretChanges(lists, name, held), 'the cluster')),
  ]);
  return { observations, held };
}

async function* namespaceChanges(lists: ClusterLists): AsyncGenerator<readonly ObservedChange[]> {
  for await (const page of lists.namespaces())
    yield page.map((state) => ({
      kind: 'namespace',
      namespace: state.name,
      resourceVersion: state.resourceVersion,
      state,
    }));
}

async function* accountChanges(lists: ClusterLists): AsyncGenerator<readonly ObservedChange[]> {
  for await (const page of lists.accounts()) yield page.map((state) => ({ kind: 'account', ...keyOf(state), state }));
}

async function* secretChanges(
  lists: ClusterLists,
  name: string,
  held: HeldSources,
): AsyncGenerator<readonly ObservedChange[]> {
  for await (const page of lists.secretsNamed(name)) {
    for (const secret of page) held.add(secret);
    yield page.map((state) => ({ kind: 'secret', ...keyOf(state), state }));
  }
}

function keyOf({ namespace, name, resourceVersion }: { namespace: string; name: string; resourceVersion: string }) {
  return { namespace, name, resourceVersion };
}
