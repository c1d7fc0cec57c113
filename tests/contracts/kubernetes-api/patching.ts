import assert from 'node:assert/strict';
import { applyPatch, jsonPatch, mergePatch, strategicPatch } from './api-client.ts';
import type { ApiClient, ApiObject } from './api-client.ts';

/** What patches promise: JSON, merge, strategic merge. */
export function describePatching(client: () => ApiClient): void {
  describe('patching', () => {
    it('applies a JSON patch whose tests hold', async () => {
      const account = await newAccount(client(), ['a']);
      const patched = await client().ok('PATCH', account.path, {
        contentType: jsonPatch,
        body: [
          { op: 'test', path: '/metadata/uid', value: account.object.metadata.uid },
          { op: 'test', path: '/metadata/resourceVersion', value: account.object.metadata.resourceVersion },
          { op: 'add', path: '/imagePullSecrets/-', value: { name: 'b' } },
          { op: 'add', path: '/imagePullSecrets/0', value: { name: 'first' } },
          { op: 'add', path: '/metadata/annotations', value: { 'example.com/a': '1' } },
          { op: 'copy', from: '/metadata/annotations/example.com~1a', path: '/metadata/annotations/copied' },
          { op: 'move', from: '/metadata/annotations/copied', path: '/metadata/annotations/moved' },
        ],
      });
      assert.deepEqual(
        patched.imagePullSecrets?.map(({ name }) => name),
        ['first', 'a', 'b'],
      );
      assert.deepEqual(patched.metadata.annotations, { 'example.com/a': '1', moved: '1' });
    });

    it('answers 422 and changes nothing when a test of a JSON patch fails, a path is missing or an operation unknown', async () => {
      const account = await newAccount(client(), ['a']);
      const failing = [
        [
          { op: 'add', path: '/imagePullSecrets/-', value: { name: 'b' } },
          { op: 'test', path: '/metadata/uid', value: 'other' },
        ],
        [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }],
        [{ op: 'remove', path: '/imagePullSecrets/7' }],
        [{ op: 'replace', path: '/missing/below', value: true }],
        [{ op: 'bogus', path: '/metadata' }],
      ];
      for (const body of failing) {
        const answer = await client().call('PATCH', account.path, { contentType: jsonPatch, body });
        assert.deepEqual([answer.code, answer.body.reason], [422, 'Invalid'], JSON.stringify(body));
        assert.equal(answer.body.message, 'the server rejected our request due to an error in our request');
      }
      assert.deepEqual(await client().ok('GET', account.path), account.object);
    });

    it('makes imagePullSecrets from nothing only by adding the list', async () => {
      const account = await newAccount(client(), []);
      const appended = await client().call('PATCH', account.path, {
        contentType: jsonPatch,
        body: [{ op: 'add', path: '/imagePullSecrets/-', value: { name: 'b' } }],
      });
      assert.equal(appended.code, 422);
      const added = await client().ok('PATCH', account.path, {
        contentType: jsonPatch,
        body: [{ op: 'add', path: '/imagePullSecrets', value: [{ name: 'b' }] }],
      });
      assert.deepEqual(added.imagePullSecrets, [{ name: 'b' }]);
    });

    it('merges maps, removes nulls and replaces lists in a merge patch', async () => {
      const account = await newAccount(client(), ['a', 'b'], { keep: '1', drop: '2' });
      const body = { metadata: { annotations: { drop: null, more: '3' } }, imagePullSecrets: [{ name: 'c' }] };
      const patched = await client().ok('PATCH', account.path, { contentType: mergePatch, body });
      assert.deepEqual(patched.metadata.annotations, { keep: '1', more: '3' });
      assert.deepEqual(patched.imagePullSecrets, [{ name: 'c' }]);
    });

    it('replaces imagePullSecrets and merges secrets by name in a strategic merge patch', async () => {
      const account = await newAccount(client(), ['a']);
      const patch = (body: object): Promise<ApiObject> =>
        client().ok('PATCH', account.path, { contentType: strategicPatch, body });
      const first = await patch({ imagePullSecrets: [{ name: 'b' }], secrets: [{ name: 's1' }] });
      assert.deepEqual(first.imagePullSecrets, [{ name: 'b' }]);
      const second = await patch({ secrets: [{ name: 's2' }] });
      assert.deepEqual(second.secrets?.map(({ name }) => name).toSorted(), ['s1', 's2']);
      const third = await patch({ secrets: [{ $patch: 'delete', name: 's1' }] });
      assert.deepEqual(third.secrets, [{ name: 's2' }]);
    });

    it('answers 409 when a patch carries another version, 422 when it carries another uid', async () => {
      const account = await newAccount(client(), []);
      const stale = await client().call('PATCH', account.path, {
        contentType: mergePatch,
        body: { metadata: { resourceVersion: '1' } },
      });
      assert.deepEqual([stale.code, stale.body.reason], [409, 'Conflict']);
      const other = await client().call('PATCH', account.path, {
        contentType: mergePatch,
        body: { metadata: { uid: 'x' } },
      });
      assert.deepEqual(
        [other.code, other.body.reason, other.body.details.causes[0]?.field],
        [422, 'Invalid', 'metadata.uid'],
      );
    });

    it('answers 404 for a patch of what is missing, also when the namespace is', async () => {
      const namespace = await client().namespace();
      for (const path of [
        `/api/v1/namespaces/${namespace}/secrets/x`,
        '/api/v1/namespaces/contract-nowhere/secrets/x',
      ]) {
        const { code, body } = await client().call('PATCH', path, { contentType: mergePatch, body: {} });
        assert.deepEqual([code, body.message], [404, 'secrets "x" not found']);
      }
    });

    it('refuses a patch type that it does not know, and force without apply', async () => {
      const account = await newAccount(client(), []);
      assert.equal((await client().call('PATCH', account.path, { body: {} })).code, 415);
      assert.equal(
        (await client().call('PATCH', `${account.path}?force=true`, { contentType: mergePatch, body: {} })).code,
        422,
      );
    });

    it('refuses a patch that renames the object', async () => {
      const account = await newAccount(client(), []);
      const body = [{ op: 'replace', path: '/metadata/name', value: 'other' }];
      assert.equal((await client().call('PATCH', account.path, { contentType: jsonPatch, body })).code, 400);
    });

    it('keeps nothing of a dry-run patch', async () => {
      const account = await newAccount(client(), ['a']);
      const body = { imagePullSecrets: [{ name: 'b' }] };
      const dry = await client().ok('PATCH', `${account.path}?dryRun=All`, { contentType: mergePatch, body });
      assert.deepEqual(dry.imagePullSecrets, [{ name: 'b' }]);
      assert.deepEqual(await client().ok('GET', account.path), account.object);
    });

    it('moves the ownership of what a patch changes to its manager', async () => {
      const account = await newAccount(client(), []);
      await client().ok('PATCH', `${account.path}?fieldManager=first&force=true`, {
        contentType: applyPatch,
        body: {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'a', annotations: { x: '1' } },
          imagePullSecrets: [{ name: 'a' }],
        },
      });
      const body = { imagePullSecrets: [{ name: 'b' }] };
      const patched = await client().ok('PATCH', `${account.path}?fieldManager=second`, {
        contentType: mergePatch,
        body,
      });
      const owned = patched.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1]);
      assert.deepEqual(owned, [
        ['first', { 'f:metadata': { 'f:annotations': { 'f:x': {} } } }],
        ['second', { 'f:imagePullSecrets': {} }],
      ]);
    });
  });
}

interface Account {
  readonly path: string;
  readonly object: ApiObject;
}

async function newAccount(client: ApiClient, pullSecrets: readonly string[], annotations?: object): Promise<Account> {
  const namespace = await client.namespace();
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const imagePullSecrets = pullSecrets.map((name) => ({ name }));
  const object = await client.ok('POST', path, {
    body: { metadata: { name: 'a', ...(annotations && { annotations }) }, imagePullSecrets },
  });
  return { path: `${path}/a`, object };
}
