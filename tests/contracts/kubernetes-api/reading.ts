import assert from 'node:assert/strict';
import type { ApiClient } from './api-client.ts';

const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const partialList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';

/** What reading promises: errors, lists, pages, selectors, metadata-only answers, tables. */
export function describeReading(client: () => ApiClient): void {
  describe('reading', () => {
    it('answers 404 with a Status that names the object that is missing', async () => {
      const { code, body } = await client().call('GET', '/api/v1/namespaces/default/secrets/contract-missing');
      assert.equal(code, 404);
      assert.deepEqual(
        { kind: body.kind, reason: body.reason, code: body.code, message: body.message, details: body.details },
        {
          kind: 'Status',
          reason: 'NotFound',
          code: 404,
          message: 'secrets "contract-missing" not found',
          details: { name: 'contract-missing', kind: 'secrets' },
        },
      );
    });

    it('answers 404 for a resource that it does not serve', async () => {
      const { code, body } = await client().call('GET', '/api/v1/contract-things');
      assert.deepEqual([code, body.reason], [404, 'NotFound']);
    });

    it('answers 405 for a method that a resource does not have', async () => {
      const { code, body } = await client().call('PUT', '/api/v1/namespaces/default/secrets', { body: {} });
      assert.deepEqual([code, body.reason], [405, 'MethodNotAllowed']);
    });

    it('answers 406 when no representation is acceptable', async () => {
      const { code, body } = await client().call('GET', '/api/v1/namespaces', { accept: 'image/png' });
      assert.deepEqual([code, body.reason], [406, 'NotAcceptable']);
    });

    it('leaves kind and apiVersion out of the items of a list', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a', { x: '1' });
      const list = await client().ok(
        'GET',
        `/api/v1/namespaces/${namespace}/configmaps?fieldSelector=metadata.name%3Da`,
      );
      assert.equal(list.kind, 'ConfigMapList');
      assert.deepEqual(
        list.items.map((item) => [item.kind, item.data]),
        [[undefined, { x: '1' }]],
      );
    });

    it('pages through a list without missing or repeating an object, and counts what remains', async () => {
      const namespace = await client().namespace();
      const names = ['a', 'b', 'b-c', 'd', 'e'];
      for (const name of names) await client().configMap(namespace, `page-${name}`);
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      for (const name of names) await client().ok('POST', path, { body: { metadata: { name } } });
      const first = await client().ok('GET', `${path}?limit=2`);
      assert.equal(first.metadata.remainingItemCount, 3);
      const second = await client().ok('GET', `${path}?limit=2&continue=${first.metadata.continue}`);
      const third = await client().ok('GET', `${path}?limit=2&continue=${second.metadata.continue}`);
      assert.equal(third.metadata.continue, undefined);
      const seen = [first, second, third].flatMap(({ items }) => items.map((item) => item.metadata.name));
      assert.deepEqual(seen, names);
    });

    it('shows every page at the version of the first, whatever changes meanwhile', async () => {
      const namespace = await client().namespace();
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      for (const name of ['a', 'b', 'c']) await client().ok('POST', path, { body: { metadata: { name } } });
      const first = await client().ok('GET', `${path}?limit=1`);
      await client().ok('DELETE', `${path}/b`);
      await client().ok('POST', path, { body: { metadata: { name: 'bb' } } });
      const rest = await client().ok('GET', `${path}?limit=10&continue=${first.metadata.continue}`);
      assert.deepEqual(
        rest.items.map((item) => item.metadata.name),
        ['b', 'c'],
      );
      assert.equal(rest.metadata.resourceVersion, first.metadata.resourceVersion);
    });

    it('ignores limit at resourceVersion 0', async () => {
      const list = await client().ok('GET', '/api/v1/namespaces?limit=1&resourceVersion=0');
      assert.ok(list.items.length >= 4);
      assert.equal(list.metadata.continue, undefined);
    });

    it('refuses a continue token that is none', async () => {
      const { code, body } = await client().call('GET', '/api/v1/namespaces?limit=1&continue=xx');
      assert.deepEqual([code, body.reason], [400, 'BadRequest']);
    });

    it('refuses a version of the future as a timeout that can be retried', async () => {
      const { code, body } = await client().call('GET', '/api/v1/secrets?resourceVersion=999999999999');
      assert.deepEqual([code, body.reason], [504, 'Timeout']);
      assert.equal(body.details.causes[0]?.reason, 'ResourceVersionTooLarge');
    });

    it('lists all namespaces in the order of "namespace/name"', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'order', {}, { order: namespace });
      const list = await client().ok('GET', `/api/v1/configmaps?labelSelector=order%3D${namespace}`);
      assert.deepEqual(
        list.items.map((item) => item.metadata.namespace),
        [namespace],
      );
    });

    const selectors: readonly (readonly [selector: string, names: readonly string[]])[] = [
      ['tier=front', ['a']],
      ['tier==front', ['a']],
      ['tier!=front', ['b', 'c']],
      ['tier in (front,back)', ['a', 'b']],
      ['tier notin (front)', ['b', 'c']],
      ['tier', ['a', 'b']],
      ['!tier', ['c']],
      ['tier,size>1', ['b']],
      ['size<2', ['a']],
      ['tier=back,size=2', ['b']],
    ];
    it(`selects by labels with every operator`, async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a', {}, { tier: 'front', size: '1' });
      await client().configMap(namespace, 'b', {}, { tier: 'back', size: '2' });
      await client().configMap(namespace, 'c');
      for (const [selector, names] of selectors) {
        const query = `labelSelector=${encodeURIComponent(selector)}&fieldSelector=metadata.name!%3Dkube-root-ca.crt`;
        const list = await client().ok('GET', `/api/v1/namespaces/${namespace}/configmaps?${query}`);
        assert.deepEqual(
          list.items.map((item) => item.metadata.name),
          names,
          selector,
        );
      }
    });

    it('selects by name across namespaces, and Secrets by their type', async () => {
      const namespace = await client().namespace();
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      await client().ok('POST', path, { body: { metadata: { name: namespace } } });
      await client().ok('POST', path, { body: { metadata: { name: 'other' }, type: 'example.com/kind' } });
      const named = await client().ok('GET', `/api/v1/secrets?fieldSelector=metadata.name%3D${namespace}`);
      assert.deepEqual(
        named.items.map((item) => item.metadata.name),
        [namespace],
      );
      const typed = await client().ok('GET', `${path}?fieldSelector=type%3Dexample.com/kind`);
      assert.deepEqual(
        typed.items.map((item) => item.metadata.name),
        ['other'],
      );
    });

    it('refuses selectors that it cannot read', async () => {
      for (const query of ['labelSelector=a%20in%20b', 'fieldSelector=spec.x%3Db', 'fieldSelector=x']) {
        const { code, body } = await client().call('GET', `/api/v1/secrets?${query}`);
        assert.deepEqual([code, body.reason], [400, 'BadRequest'], query);
      }
    });

    it('answers with metadata only when it is asked to', async () => {
      const namespace = await client().namespace();
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      await client().ok('POST', path, {
        body: { metadata: { name: 'a', labels: { x: 'y' } }, stringData: { p: 'w' } },
      });
      const one = await client().ok('GET', `${path}/a`, { accept: partial });
      assert.deepEqual([one.kind, one.apiVersion, one.data], ['PartialObjectMetadata', 'meta.k8s.io/v1', undefined]);
      assert.deepEqual(one.metadata.labels, { x: 'y' });
      const list = await client().ok('GET', path, { accept: partialList });
      assert.equal(list.kind, 'PartialObjectMetadataList');
      assert.deepEqual(
        list.items.map((item) => [item.kind, item.metadata.uid]),
        [['PartialObjectMetadata', one.metadata.uid]],
      );
    });

    it('answers a write with metadata only when it is asked to', async () => {
      const namespace = await client().namespace();
      const body = { metadata: { name: 'a' }, stringData: { password: 'hidden' } };
      const { code, text } = await client().call('POST', `/api/v1/namespaces/${namespace}/secrets`, {
        body,
        accept: partial,
      });
      assert.equal(code, 201);
      assert.ok(text.includes('PartialObjectMetadata') && !text.includes('hidden') && !text.includes('aGlkZGVu'), text);
    });

    it('prints tables with the columns that kubectl shows', async () => {
      const namespace = await client().namespace();
      await client().ok('POST', `/api/v1/namespaces/${namespace}/secrets`, {
        body: { metadata: { name: 'a' }, stringData: { x: 'y' } },
      });
      await client().ok('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
        body: { metadata: { name: 'a' } },
      });
      await client().configMap(namespace, 'a', { x: '1', y: '2' });
      const expected: readonly (readonly [plural: string, columns: readonly string[], cells: readonly unknown[]])[] = [
        ['secrets', ['Name', 'Type', 'Data', 'Age'], ['a', 'Opaque', 1]],
        ['serviceaccounts', ['Name', 'Age'], ['a']],
        ['configmaps', ['Name', 'Data', 'Age'], ['a', 2]],
      ];
      for (const [plural, columns, cells] of expected) {
        const path = `/api/v1/namespaces/${namespace}/${plural}?fieldSelector=metadata.name%3Da`;
        const answer = await client().ok('GET', path, { accept: table });
        assert.equal(answer.kind, 'Table');
        assert.deepEqual(
          answer.columnDefinitions.map(({ name }) => name),
          columns,
        );
        assert.deepEqual(answer.rows[0]?.cells.slice(0, cells.length), cells);
        assert.equal(answer.rows[0]?.object.kind, 'PartialObjectMetadata');
      }
      const shown = await client().ok('GET', `/api/v1/namespaces/${namespace}`, { accept: table });
      assert.deepEqual(shown.rows[0]?.cells.slice(0, 2), [namespace, 'Active']);
    });

    it('tells its health, its version, its groups and its kinds', async () => {
      assert.equal((await client().call('GET', '/readyz')).text, 'ok');
      assert.equal((await client().ok('GET', '/version'))['major'], '1');
      assert.deepEqual((await client().ok('GET', '/api'))['versions'], ['v1']);
      assert.equal((await client().ok('GET', '/apis')).kind, 'APIGroupList');
      const { body, headers } = await client().call('GET', '/apis', {
        accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
      });
      assert.equal(body.kind, 'APIGroupDiscoveryList');
      assert.match(String(headers['content-type']), /as=APIGroupDiscoveryList/);
    });
  });
}
