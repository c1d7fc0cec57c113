import assert from 'node:assert/strict';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';
import { silentTracer } from '../../common/domain/tracing/tracer.ts';
import type { BeforeList, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import { account, namespace, secret, secretName } from '../../tests/fixtures/values.ts';
import { waitUntil } from '../../tests/real-parts/wait-until.ts';
import { watchCluster } from './watch-cluster.ts';
import { WatchedNames } from './watched-names.ts';

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
  observations?: ObservationStore;
}): Promise<readonly string[]> {
  const published: string[] = [];
  const observations = events.observations ?? createMemoryObservationStore();
  await watchCluster(
    {
      cluster: {
        watchNamespaces: (_signal, beforeList) => inOrder(events.namespaces, beforeList),
        watchAccounts: (_signal, beforeList) => inOrder(events.accounts, beforeList),
        watchSecrets: (_name, _signal, beforeList) => inOrder(events.secrets, beforeList),
      },
      observations,
      bus: {
        publish: async (name, messages) => {
          for (const { data, urgency } of messages) published.push(`${name} ${JSON.stringify(data)} ${urgency}`);
        },
      },
      report: () => undefined,
      tracer: silentTracer,
      era: await observations.era(),
      signal: new AbortController().signal,
    },
    new WatchedNames([secretName]),
  );
  return published.filter((message) => message.startsWith('namespace.'));
}

async function* inOrder(events: readonly Event[], beforeList?: BeforeList): AsyncGenerator<Event> {
  await beforeList?.();
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
      namespaces: [{ type: 'page', items: [shop], resourceVersion: '100' }, listed('shop')],
      accounts: [{ type: 'page', items: [web], resourceVersion: '100' }, listed('shop/web')],
      secrets: [listed()],
    });
    assert.deepEqual(published, ['namespace.sync-all {"cause":"observed"} expiring']);
  });

  it('names nothing at all while one list has not ended', async () => {
    const published = await publishedFor({
      namespaces: [{ type: 'page', items: [shop], resourceVersion: '100' }],
      accounts: [listed()],
      secrets: [listed()],
    });
    assert.deepEqual(published, []);
  });

  it('forgets everything and ends when a list is older than what was seen before: the cluster was restored', async () => {
    const observations = createMemoryObservationStore();
    await observations.observe([{ ...web, resourceVersion: '500' }]);
    await observations.markListed('everything', 0);
    const era = await observations.era();
    const published = await publishedFor({
      namespaces: [],
      accounts: [{ type: 'page', items: [web], resourceVersion: '310' }, listed('shop/web')],
      secrets: [],
      observations,
    });
    assert.deepEqual(published, []);
    assert.notEqual(await observations.era(), era);
    assert.deepEqual(await observations.namespaces(), []);
  });

  it('names what a restart finds changed while its lists still run', async () => {
    const observations = createMemoryObservationStore();
    await observations.observe([shop]);
    await observations.markListed('everything', 0);
    const published = await publishedFor({
      namespaces: [{ type: 'page', items: [shop], resourceVersion: '100' }],
      accounts: [{ type: 'page', items: [web], resourceVersion: '100' }],
      secrets: [listed()],
      observations,
    });
    assert.deepEqual(published, ['namespace.sync {"namespace":"shop","cause":"account"} new']);
  });

  it('names the namespace of a new account ahead of bulk work', async () => {
    const published = await publishedFor({
      namespaces: [{ type: 'page', items: [shop], resourceVersion: '100' }, listed('shop')],
      accounts: [
        listed(),
        { type: 'changed', items: [] },
        { type: 'changed', items: [] },
        { type: 'changed', items: [{ ...web, resourceVersion: '200' }] },
      ],
      secrets: [listed()],
    });
    assert.deepEqual(published.slice(1), ['namespace.sync {"namespace":"shop","cause":"account"} new']);
  });

  it('names nothing for an event that shows what is known already', async () => {
    const published = await publishedFor({
      namespaces: [{ type: 'page', items: [shop], resourceVersion: '100' }, listed('shop')],
      accounts: [
        { type: 'page', items: [web], resourceVersion: '100' },
        listed('shop/web'),
        { type: 'changed', items: [] },
        { type: 'changed', items: [web] },
      ],
      secrets: [listed()],
    });
    assert.equal(published.length, 1);
  });
});

describe('watchCluster, names of Secrets that come and go', () => {
  const late = 'acr-credential-late';
  let watched: string[];
  let ended: string[];
  let published: string[];
  let stop: AbortController;
  let observations: ReturnType<typeof createMemoryObservationStore>;
  let running: Promise<void>;

  beforeEach(() => {
    watched = [];
    ended = [];
    published = [];
    stop = new AbortController();
    observations = createMemoryObservationStore();
  });

  afterEach(async () => {
    stop.abort();
    await running;
  });

  async function* until(name: string, signal: AbortSignal, events: readonly Event[]): AsyncGenerator<Event> {
    watched.push(name);
    yield* events;
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    ended.push(name);
  }

  /** The list of `stuck` never ends. */
  function start(names: WatchedNames, stuck?: string): void {
    const item: ObservedChange = {
      kind: 'secret',
      namespace: 'shop',
      name: late,
      resourceVersion: '30',
      state: secret({ name: late }),
    };
    running = watchCluster(
      {
        cluster: {
          watchNamespaces: (signal) =>
            until('namespaces', signal, [{ type: 'page', items: [shop], resourceVersion: '100' }, listed('shop')]),
          watchAccounts: (signal) => until('accounts', signal, [listed()]),
          watchSecrets: (name, signal) =>
            until(
              name,
              signal,
              name === stuck
                ? []
                : name === late
                  ? [{ type: 'page', items: [item], resourceVersion: '100' }, listed(`shop/${late}`)]
                  : [listed()],
            ),
        },
        observations,
        bus: {
          publish: async (name, messages) => {
            for (const { data } of messages) published.push(`${name} ${JSON.stringify(data)}`);
          },
        },
        tracer: silentTracer,
        era: '0',
        report: () => undefined,
        signal: stop.signal,
      },
      names,
    );
  }

  async function untilListed(): Promise<void> {
    await waitUntil('everything to be listed', 10, async () => await observations.listed('everything'));
  }

  it('a name that is added gets a watch of its own, and nothing else is listed again', async () => {
    const names = new WatchedNames([secretName]);
    start(names);
    await untilListed();
    names.add([late]);
    await waitUntil('the new count', 10, async () => ((await observations.listed('secrets')) === 1 ? true : undefined));
    assert.deepEqual(watched, ['namespaces', 'accounts', secretName, late]);
    assert.deepEqual((await observations.read('shop')).secrets.length, 1);
  });

  it('a name that is dropped ends its watch alone', async () => {
    const names = new WatchedNames([secretName, late]);
    start(names);
    await untilListed();
    names.drop([late]);
    await waitUntil('the end', 10, async () => (ended.length > 0 ? true : undefined));
    assert.deepEqual(ended, [late]);
  });

  it('waits for the lists of all names with which it begins', async () => {
    const names = new WatchedNames([secretName, late]);
    start(names, late);
    await waitUntil('the other list', 10, async () => (names.listed().includes(secretName) ? true : undefined));
    assert.equal(await observations.listed('everything'), undefined);
  });

  it('waits no longer for a name that is given up', async () => {
    const names = new WatchedNames([secretName, late]);
    start(names, late);
    await waitUntil('the other list', 10, async () => (names.listed().includes(secretName) ? true : undefined));
    names.giveUp([late]);
    await untilListed();
    assert.ok(published.includes('namespace.sync-all {"cause":"observed"}'));
  });
});
