import assert from 'node:assert/strict';

import type { ClusterWatcher, WatchEvent } from '../../../ports/cluster-watcher.ts';
import { createClusterWatcher } from './cluster-watcher.ts';
import { json, refusal, startScriptedApi, stream, type ScriptedApi, type Step } from '../testing/scripted-api.ts';

describe('the watches of the cluster', () => {
  let api: ScriptedApi;
  let stop: AbortController;

  afterEach(async () => {
    stop.abort();
    await api.stop();
  });

  const start = async (...steps: readonly Step[]): Promise<ClusterWatcher> => {
    stop = new AbortController();
    api = await startScriptedApi(steps);
    return createClusterWatcher({ client: api.client(), random: () => 0 });
  };

  it('of namespaces deliver one that is gone without a state', async () => {
    const watcher = await start(emptyList, watchOf('DELETED', { name: 'shop', resourceVersion: '8' }));
    const [, gone] = await take(2, watcher.watchNamespaces(stop.signal));
    assert.deepEqual(gone, {
      type: 'changed',
      items: [{ kind: 'namespace', namespace: 'shop', resourceVersion: '8' }],
    });
  });

  it('of ServiceAccounts deliver one that is gone without a state', async () => {
    const metadata = { namespace: 'shop', name: 'default', resourceVersion: '8' };
    const watcher = await start(emptyList, watchOf('DELETED', metadata));
    const [, gone] = await take(2, watcher.watchAccounts(stop.signal));
    assert.deepEqual(gone, { type: 'changed', items: [{ kind: 'account', ...metadata }] });
  });

  it('of Secrets ask for one name in all namespaces, and for nothing but metadata', async () => {
    const watcher = await start(
      emptyList,
      watchOf('DELETED', { namespace: 'shop', name: 'pull', resourceVersion: '8' }),
    );
    await take(2, watcher.watchSecrets('pull', stop.signal));
    const [list, watch] = api.requests;
    assert.equal(list?.path, '/api/v1/secrets');
    assert.equal(list.query.get('fieldSelector'), 'metadata.name=pull');
    assert.match(list.headers.accept ?? '', /^application\/json;as=PartialObjectMetadataList;/);
    assert.equal(watch?.query.get('fieldSelector'), 'metadata.name=pull');
    assert.match(watch.headers.accept ?? '', /^application\/json;as=PartialObjectMetadata;/);
  });

  it('of the ConfigMap say after each list when there is none', async () => {
    const watcher = await start(
      emptyList,
      refusal(410, 'Expired'),
      json({ metadata: { resourceVersion: '9' }, items: [] }),
    );
    const events = await take(4, watcher.watchConfigMap('kube-system', 'acr-configuration', stop.signal));
    const absences = events.filter(({ type }) => type === 'page');
    assert.deepEqual(absences, [
      { type: 'page', items: [{ resourceVersion: '7' }], resourceVersion: '7' },
      { type: 'page', items: [{ resourceVersion: '9' }], resourceVersion: '9' },
    ]);
    assert.equal(api.requests[0]?.path, '/api/v1/namespaces/kube-system/configmaps');
  });
});

const emptyList = json({ metadata: { resourceVersion: '7' }, items: [] });

function watchOf(type: string, metadata: object): Step {
  return stream((write) => write(`${JSON.stringify({ type, object: { metadata } })}\n`));
}

async function take<T>(count: number, events: AsyncIterable<WatchEvent<T>>): Promise<WatchEvent<T>[]> {
  const taken: WatchEvent<T>[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}
