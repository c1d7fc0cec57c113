import assert from 'node:assert/strict';
import { mergePatch } from './api-client.ts';
import type { ApiClient, Watch } from './api-client.ts';

const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** What watches promise. */
export function describeWatching(client: () => ApiClient): void {
  const watches: Watch[] = [];
  const watch = async (path: string, accept?: string): Promise<Watch> => {
    const started = await client().watch(path, accept);
    watches.push(started);
    return started;
  };
  const secrets = (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets`;
  const label = (namespace: string, name: string, labels: object): Promise<unknown> =>
    client().ok('PATCH', `${secrets(namespace)}/${name}`, { body: { metadata: { labels } }, contentType: mergePatch });

  describe('watching', () => {
    afterEach(() => {
      for (const started of watches.splice(0)) started.close();
    });

    it('sends every change after the version it starts from, once and in order', async () => {
      const namespace = await client().namespace();
      const { metadata } = await client().ok('GET', secrets(namespace));
      await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'a' } } });
      const running = await watch(`${secrets(namespace)}?watch=1&resourceVersion=${metadata.resourceVersion}`);
      await label(namespace, 'a', { x: '1' });
      await label(namespace, 'a', { x: '1' });
      await client().ok('DELETE', `${secrets(namespace)}/a`);
      const seen = [await running.next(), await running.next(), await running.next()];
      assert.deepEqual(
        seen.map(({ type }) => type),
        ['ADDED', 'MODIFIED', 'DELETED'],
      );
      const versions = seen.map(({ object }) => Number(object.metadata.resourceVersion));
      assert.deepEqual(
        versions,
        [...new Set(versions)].toSorted((a, b) => a - b),
      );
      assert.deepEqual([seen[2]?.object.kind, seen[2]?.object.metadata.labels], ['Secret', { x: '1' }]);
    });

    it('starts with what exists when it is given no version', async () => {
      const namespace = await client().namespace();
      for (const name of ['b', 'a']) await client().ok('POST', secrets(namespace), { body: { metadata: { name } } });
      const running = await watch(`${secrets(namespace)}?watch=true`);
      const both = [await running.nextChange(), await running.nextChange()];
      assert.deepEqual(both.toSorted(), ['ADDED a', 'ADDED b']);
    });

    it('shows an object that enters its selection as ADDED and one that leaves as DELETED', async () => {
      const namespace = await client().namespace();
      const made = await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'a' } } });
      const query = `watch=1&labelSelector=in%3Dyes&resourceVersion=${made.metadata.resourceVersion}`;
      const running = await watch(`${secrets(namespace)}?${query}`);
      await label(namespace, 'a', { in: 'yes' });
      await label(namespace, 'a', { in: 'yes', more: '1' });
      await label(namespace, 'a', { in: 'no' });
      await label(namespace, 'a', { in: 'yes' });
      const seen = [await running.next(), await running.next(), await running.next(), await running.next()];
      assert.deepEqual(
        seen.map(({ type }) => type),
        ['ADDED', 'MODIFIED', 'DELETED', 'ADDED'],
      );
      assert.equal(seen[2]?.object.metadata.labels?.['in'], 'yes');
      assert.ok(Number(seen[2]?.object.metadata.resourceVersion) > Number(seen[1]?.object.metadata.resourceVersion));
    });

    it('watches one name in all namespaces', async () => {
      const namespace = await client().namespace();
      const { metadata } = await client().ok('GET', `/api/v1/secrets?limit=1`);
      const query = `watch=1&fieldSelector=metadata.name%3D${namespace}&resourceVersion=${metadata.resourceVersion}`;
      const running = await watch(`/api/v1/secrets?${query}`);
      await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'other' } } });
      await client().ok('POST', secrets(namespace), { body: { metadata: { name: namespace } } });
      assert.equal(await running.nextChange(), `ADDED ${namespace}`);
    });

    it('sends metadata only when it is asked to', async () => {
      const namespace = await client().namespace();
      await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'a' }, stringData: { p: 'w' } } });
      const running = await watch(`${secrets(namespace)}?watch=1`, partial);
      const { object } = await running.next();
      assert.deepEqual([object.kind, object.metadata.name, object.data], ['PartialObjectMetadata', 'a', undefined]);
    });

    it('sends table rows when it is asked to', async () => {
      const namespace = await client().namespace();
      await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'a' } } });
      const running = await watch(`${secrets(namespace)}?watch=1`, table);
      const { object } = await running.next();
      assert.deepEqual([object.kind, object.rows[0]?.cells.slice(0, 2)], ['Table', ['a', 'Opaque']]);
    });

    it('marks the end of what exists with a bookmark when it streams the list', async () => {
      const namespace = await client().namespace();
      await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'a' } } });
      const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
      const running = await watch(`${secrets(namespace)}?${query}`);
      assert.equal(await running.nextChange(), 'ADDED a');
      const { type, object } = await running.next();
      assert.equal(type, 'BOOKMARK');
      assert.deepEqual(object.metadata.annotations, { 'k8s.io/initial-events-end': 'true' });
      assert.match(object.metadata.resourceVersion, /^\d+$/);
    });

    it('refuses initial events without a version match', async () => {
      const { code, body } = await client().call('GET', '/api/v1/secrets?watch=1&sendInitialEvents=true');
      assert.deepEqual([code, body.reason], [422, 'Invalid']);
    });

    it('ends after timeoutSeconds, with nothing but bookmarks when nothing happened', async () => {
      const namespace = await client().namespace();
      const { metadata } = await client().ok('GET', secrets(namespace));
      const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${metadata.resourceVersion}`;
      const events = await (await watch(`${secrets(namespace)}?${query}`)).rest();
      assert.deepEqual(
        events.filter(({ type }) => type !== 'BOOKMARK'),
        [],
      );
    });

    it('either replays or refuses a very old version; it never starts silently later', async () => {
      const namespace = await client().namespace();
      await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'a' } } });
      const running = await watch(`${secrets(namespace)}?watch=1&resourceVersion=1`);
      const { type, object } = await running.next();
      if (type === 'ERROR') assert.deepEqual([object.code, object.reason], [410, 'Expired']);
      else assert.deepEqual([type, object.metadata.name], ['ADDED', 'a']);
    });
  });
}
