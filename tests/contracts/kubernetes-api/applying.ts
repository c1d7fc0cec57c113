import assert from 'node:assert/strict';
import { applyPatch, mergePatch } from './api-client.ts';
import type { ApiAnswer, ApiClient, ApiObject } from './api-client.ts';

/** What server-side apply promises. */
export function describeApplying(client: () => ApiClient): void {
  const apply = (
    namespace: string,
    manager: string,
    data: object,
    more = '',
    metadata: object = {},
  ): Promise<ApiAnswer> =>
    client().call('PATCH', `/api/v1/namespaces/${namespace}/configmaps/a?fieldManager=${manager}${more}`, {
      contentType: applyPatch,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, data },
    });
  const patch = (namespace: string, manager: string, data: object): Promise<ApiObject> =>
    client().ok('PATCH', `/api/v1/namespaces/${namespace}/configmaps/a?fieldManager=${manager}`, {
      contentType: mergePatch,
      body: { data },
    });

  describe('applying', () => {
    it('creates what is missing and notes what it owns', async () => {
      const namespace = await client().namespace();
      const { code, body } = await apply(namespace, 'one', { x: '1' }, '', { labels: { l: '1' } });
      assert.equal(code, 201);
      const [owner] = body.metadata.managedFields ?? [];
      assert.deepEqual([owner?.manager, owner?.operation, owner?.apiVersion], ['one', 'Apply', 'v1']);
      assert.deepEqual(owner?.fieldsV1, { 'f:data': { 'f:x': {} }, 'f:metadata': { 'f:labels': { 'f:l': {} } } });
    });

    it('reads YAML', async () => {
      const namespace = await client().namespace();
      const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n';
      const made = await client().ok('PATCH', `/api/v1/namespaces/${namespace}/configmaps/a?fieldManager=one`, {
        contentType: applyPatch,
        body,
      });
      assert.deepEqual(made.data, { x: '1' });
    });

    it('changes neither version nor owners when nothing changes', async () => {
      const namespace = await client().namespace();
      const first = await apply(namespace, 'one', { x: '1' });
      const second = await apply(namespace, 'one', { x: '1' });
      assert.equal(second.code, 200);
      assert.equal(second.body.metadata.resourceVersion, first.body.metadata.resourceVersion);
    });

    it('removes what the manager no longer applies, and leaves what another owns too', async () => {
      const namespace = await client().namespace();
      await apply(namespace, 'one', { x: '1', y: '1' });
      await apply(namespace, 'two', { x: '1' });
      assert.deepEqual((await apply(namespace, 'one', { z: '1' })).body.data, { x: '1', z: '1' });
      assert.deepEqual((await apply(namespace, 'two', {})).body.data, { z: '1' });
    });

    it('leaves what nobody applied', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a', { mine: '1' });
      const { body } = await apply(namespace, 'one', { x: '1' });
      assert.deepEqual(body.data, { mine: '1', x: '1' });
    });

    it('refuses to change the value of another manager, naming it and the field', async () => {
      const namespace = await client().namespace();
      await apply(namespace, 'one', { x: '1', y: '1' });
      const one = await apply(namespace, 'two', { x: '2' });
      assert.deepEqual([one.code, one.body.reason], [409, 'Conflict']);
      assert.equal(one.body.message, 'Apply failed with 1 conflict: conflict with "one": .data.x');
      assert.deepEqual(one.body.details.causes, [
        { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.x' },
      ]);
      const two = await apply(namespace, 'two', { x: '2', y: '2' });
      assert.equal(two.body.message, 'Apply failed with 2 conflicts: conflicts with "one":\n- .data.x\n- .data.y');
    });

    it('says with which version a manager that did not apply owns the field', async () => {
      const namespace = await client().namespace();
      await apply(namespace, 'one', { x: '1' });
      await patch(namespace, 'kubectl-edit', { x: '5' });
      const { code, body } = await apply(namespace, 'one', { x: '1' });
      assert.equal(code, 409);
      assert.equal(body.message, 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.x');
    });

    it('takes the fields over when it is forced', async () => {
      const namespace = await client().namespace();
      await apply(namespace, 'one', { x: '1', y: '1' });
      const { code, body } = await apply(namespace, 'two', { x: '2' }, '&force=true');
      assert.deepEqual([code, body.data], [200, { x: '2', y: '1' }]);
      const owned = Object.fromEntries(
        body.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1]) ?? [],
      );
      assert.deepEqual(owned, { one: { 'f:data': { 'f:y': {} } }, two: { 'f:data': { 'f:x': {} } } });
    });

    it('treats imagePullSecrets as one value and secrets as items by name', async () => {
      const namespace = await client().namespace();
      const account = (manager: string, fields: object): Promise<ApiAnswer> =>
        client().call('PATCH', `/api/v1/namespaces/${namespace}/serviceaccounts/a?fieldManager=${manager}`, {
          contentType: applyPatch,
          body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a' }, ...fields },
        });
      await account('one', { imagePullSecrets: [{ name: 'a' }], secrets: [{ name: 's1' }] });
      const refused = await account('two', { imagePullSecrets: [{ name: 'b' }] });
      assert.equal(refused.body.message, 'Apply failed with 1 conflict: conflict with "one": .imagePullSecrets');
      const merged = await account('two', { secrets: [{ name: 's2' }] });
      assert.deepEqual(merged.body.secrets, [{ name: 's1' }, { name: 's2' }]);
      const removed = await account('one', {});
      assert.deepEqual([removed.body.imagePullSecrets, removed.body.secrets], [undefined, [{ name: 's2' }]]);
    });

    it('forgets all owners when managedFields is set to one empty entry', async () => {
      const namespace = await client().namespace();
      await apply(namespace, 'one', { x: '1' });
      const body = { metadata: { managedFields: [{}] } };
      const path = `/api/v1/namespaces/${namespace}/configmaps/a`;
      const cleared = await client().ok('PATCH', path, { contentType: mergePatch, body });
      assert.equal(cleared.metadata.managedFields, undefined);
      const { body: reapplied } = await apply(namespace, 'two', { y: '1' });
      assert.deepEqual(reapplied.metadata.managedFields?.map(({ manager }) => manager).toSorted(), [
        'before-first-apply',
        'two',
      ]);
    });

    it('demands a manager, a kind, and no managedFields', async () => {
      const namespace = await client().namespace();
      const path = `/api/v1/namespaces/${namespace}/configmaps/a`;
      const named = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
      const anonymous = await client().call('PATCH', path, { contentType: applyPatch, body: named });
      assert.deepEqual([anonymous.code, anonymous.body.details.causes[0]?.field], [422, 'fieldManager']);
      const kindless = await client().call('PATCH', `${path}?fieldManager=x`, {
        contentType: applyPatch,
        body: { metadata: { name: 'a' } },
      });
      assert.equal(kindless.code, 400);
      assert.equal((await apply(namespace, 'x', {}, '', { managedFields: [] })).code, 400);
    });

    it('answers 409 when it carries a stale version, or a uid and there is no object', async () => {
      const namespace = await client().namespace();
      const missing = await apply(namespace, 'one', {}, '', { uid: '11111111-1111-1111-1111-111111111111' });
      assert.deepEqual([missing.code, missing.body.reason], [409, 'Conflict']);
      await apply(namespace, 'one', { x: '1' });
      const stale = await apply(namespace, 'one', { x: '2' }, '', { resourceVersion: '1' });
      assert.deepEqual([stale.code, stale.body.reason], [409, 'Conflict']);
    });

    it('refuses a field that the kind does not have', async () => {
      const namespace = await client().namespace();
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, bogus: {} };
      const answer = await client().call('PATCH', `/api/v1/namespaces/${namespace}/configmaps/a?fieldManager=x`, {
        contentType: applyPatch,
        body,
      });
      assert.equal(answer.code, 500);
      assert.match(answer.body.message, /\.bogus: field not declared in schema$/);
    });
  });
}
