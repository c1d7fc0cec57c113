import assert from 'node:assert/strict';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';
import type { WatchEvent } from '../../common/ports.ts';
import { account, namespace, secretName } from '../../tests/fixtures/values.ts';
import { watchCluster } from './watch-cluster.ts';

type Event = WatchEvent<ObservedChange>;

const shop: ObservedChange = { kind: 'namespace', namespace: 'shop', resourceVersion: '10', state: namespace() };
const web: ObservedChange = {
  kind: 'account',
  namespace: 'shop',
  name: 'web',
  resourceVersion: '20',
  state: account({ name: 'web' }),
};

/** The namespaces that are named when the watches deliver these events and end. */
async function publishedFor(events: {
  namespaces: Event[];
  accounts: Event[];
  secrets: Event[];
}): Promise<readonly string[]> {
  const published: string[] = [];
  await watchCluster(
    {
      cluster: {
        watchNamespaces: () => inOrder(events.namespaces),
        watchAccounts: () => inOrder(events.accounts),
        watchSecrets: () => inOrder(events.secrets),
      },
      observations: createMemoryObservationStore(),
      bus: {
        publish: async (name, messages) => {
          for (const { data, urgency } of messages) published.push(`${name} ${JSON.stringify(data)} ${urgency}`);
        },
      },
      report: () => undefined,
      signal: new AbortController().signal,
    },
    [secretName],
  );
  return published.filter((message) => message.startsWith('namespace.'));
}

async function* inOrder(events: readonly Event[]): AsyncGenerator<Event> {
  for (const event of events) {
    yield event;
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

function listed(...keys: readonly string[]): Event {
  return { type: 'listed', keys: new Set(keys), resourceVersion: '100' };
}

describe('watchCluster', () => {
  it('names nothing while lists are incomplete, then everything by one fan-out', async () => {
    const published = await publishedFor({
      namespaces: [{ type: 'page', items: [shop] }, listed('shop')],
      accounts: [{ type: 'page', items: [web] }, listed('shop/web')],
      secrets: [listed()],
    });
    assert.deepEqual(published, ['namespace.sync-all {"cause":"observed"} expiring']);
  });

  it('names nothing at all while one list has not ended', async () => {
    const published = await publishedFor({
      namespaces: [{ type: 'page', items: [shop] }],
      accounts: [listed()],
      secrets: [listed()],
    });
    assert.deepEqual(published, []);
  });

  it('names the namespace of a new account ahead of bulk work', async () => {
    const published = await publishedFor({
      namespaces: [{ type: 'page', items: [shop] }, listed('shop')],
      accounts: [
        listed(),
        { type: 'changed', items: [] },
        { type: 'changed', items: [] },
        { type: 'changed', items: [{ ...web, resourceVersion: '200' }] },
      ],
      secrets: [listed()],
    });
    assert.deepEqual(published.slice(1), ['namespace.sync {"namespace":"shop","cause":"account"} unserved']);
  });

  it('names nothing for an event that shows what is known already', async () => {
    const published = await publishedFor({
      namespaces: [{ type: 'page', items: [shop] }, listed('shop')],
      accounts: [
        { type: 'page', items: [web] },
        listed('shop/web'),
        { type: 'changed', items: [] },
        { type: 'changed', items: [web] },
      ],
      secrets: [listed()],
    });
    assert.equal(published.length, 1);
  });
});
