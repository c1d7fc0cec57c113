import assert from 'node:assert/strict';
import { mergePatch } from './api-client.ts';
import type { ApiClient } from './api-client.ts';

/** What creating, replacing and deleting promise. */
export function describeWriting(client: () => ApiClient): void {
  const secrets = (namespace: string): string => `/api/v1/namespaces/${namespace}/secrets`;

  describe('creating', () => {
    it('fills in uid, version, time, type and owner', async () => {
      const namespace = await client().namespace();
      const { code, body } = await client().call('POST', secrets(namespace), {
        body: { metadata: { name: 'a' }, stringData: { k: 'v' } },
      });
      assert.equal(code, 201);
      assert.match(body.metadata.uid, /^[0-9a-f-]{36}$/);
      assert.match(body.metadata.resourceVersion, /^\d+$/);
      assert.match(String(body.metadata.creationTimestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.deepEqual([body.type, body.data], ['Opaque', { k: 'dg==' }]);
      const [owner] = body.metadata.managedFields ?? [];
      assert.deepEqual([owner?.manager, owner?.operation, owner?.fieldsType], ['contract-suite', 'Update', 'FieldsV1']);
      assert.deepEqual(owner?.fieldsV1, { 'f:data': { '.': {}, 'f:k': {} }, 'f:type': {} });
    });

    it('makes up a name from generateName', async () => {
      const namespace = await client().namespace();
      const made = await client().ok('POST', secrets(namespace), { body: { metadata: { generateName: 'x-' } } });
      assert.match(made.metadata.name, /^x-[a-z0-9]{5}$/);
    });

    it('refuses a second object of the same name', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a');
      const { code, body } = await client().call('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
        body: { metadata: { name: 'a' } },
      });
      assert.deepEqual([code, body.reason, body.message], [409, 'AlreadyExists', 'configmaps "a" already exists']);
    });

    it('refuses an object in a namespace that does not exist', async () => {
      const { code, body } = await client().call('POST', secrets('contract-nowhere'), {
        body: { metadata: { name: 'a' } },
      });
      assert.deepEqual([code, body.message], [404, 'namespaces "contract-nowhere" not found']);
    });

    it('names the field of a name that is not valid', async () => {
      const namespace = await client().namespace();
      const { code, body } = await client().call('POST', secrets(namespace), { body: { metadata: { name: 'X_' } } });
      assert.deepEqual([code, body.reason, body.details.causes[0]?.field], [422, 'Invalid', 'metadata.name']);
      assert.match(
        body.message,
        /^Secret "X_" is invalid: metadata\.name: Invalid value: "X_": a lowercase RFC 1123 subdomain/,
      );
    });

    it('refuses labels and data keys that are not valid', async () => {
      const namespace = await client().namespace();
      const bad = [
        { metadata: { name: 'a', labels: { a: 'b c' } } },
        { metadata: { name: 'a', labels: { 'a b': 'c' } } },
        { metadata: { name: 'a' }, stringData: { 'a b': 'c' } },
      ];
      for (const body of bad) {
        const answer = await client().call('POST', secrets(namespace), { body });
        assert.deepEqual([answer.code, answer.body.reason], [422, 'Invalid'], JSON.stringify(body));
      }
    });

    it('refuses an object of another kind, version or namespace', async () => {
      const namespace = await client().namespace();
      const bad = [
        { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } },
        { kind: 'Secret', apiVersion: 'v2', metadata: { name: 'a' } },
        { metadata: { name: 'a', namespace: 'other' } },
      ];
      for (const body of bad) {
        const answer = await client().call('POST', secrets(namespace), { body });
        assert.deepEqual([answer.code, answer.body.reason], [400, 'BadRequest'], JSON.stringify(body));
      }
    });

    it('drops unknown fields, warns of them, or refuses them, as fieldValidation says', async () => {
      const namespace = await client().namespace();
      const body = { metadata: { name: 'a' }, bogus: 1 };
      const strict = await client().call('POST', `${secrets(namespace)}?fieldValidation=Strict`, { body });
      assert.equal(strict.code, 400);
      assert.match(strict.body.message, /strict decoding error: unknown field "bogus"$/);
      const warned = await client().call('POST', secrets(namespace), { body });
      assert.equal(warned.body['bogus'], undefined);
      assert.match(String(warned.headers['warning']), /299 - "unknown field \\"bogus\\""/);
      const ignored = await client().call('POST', `${secrets(namespace)}?fieldValidation=Ignore`, {
        body: { ...body, metadata: { name: 'b' } },
      });
      assert.deepEqual([ignored.code, ignored.headers['warning']], [201, undefined]);
    });

    it('refuses a Secret whose data is not base64 or not text', async () => {
      const namespace = await client().namespace();
      for (const value of ['b!', 5]) {
        const { code, body } = await client().call('POST', secrets(namespace), {
          body: { metadata: { name: 'a' }, data: { k: value } },
        });
        assert.deepEqual([code, body.reason], [400, 'BadRequest']);
      }
    });

    it('demands JSON in a dockerconfigjson Secret and does not print it', async () => {
      const namespace = await client().namespace();
      const type = 'kubernetes.io/dockerconfigjson';
      const without = await client().call('POST', secrets(namespace), { body: { metadata: { name: 'a' }, type } });
      assert.deepEqual([without.code, without.body.details.causes[0]?.field], [422, 'data[.dockerconfigjson]']);
      const broken = await client().call('POST', secrets(namespace), {
        body: { metadata: { name: 'a' }, type, stringData: { '.dockerconfigjson': 'hunter2' } },
      });
      assert.equal(broken.code, 422);
      assert.match(broken.body.message, /<secret contents redacted>/);
      assert.ok(!broken.text.includes('hunter2'));
    });

    it('keeps nothing of a dry run', async () => {
      const namespace = await client().namespace();
      const made = await client().ok('POST', `${secrets(namespace)}?dryRun=All`, { body: { metadata: { name: 'a' } } });
      assert.match(made.metadata.uid, /^[0-9a-f-]{36}$/);
      assert.equal(made.metadata.resourceVersion, undefined);
      assert.equal((await client().call('GET', `${secrets(namespace)}/a`)).code, 404);
    });

    it('refuses a body that is too large, or not JSON, or of an unknown type', async () => {
      const namespace = await client().namespace();
      const large = await client().call('POST', secrets(namespace), { body: `{"x":"${'a'.repeat(3_300_000)}"}` });
      assert.equal(large.code, 413);
      assert.equal((await client().call('POST', secrets(namespace), { body: 'nonsense' })).code, 400);
      assert.equal(
        (await client().call('POST', secrets(namespace), { body: 'a', contentType: 'text/plain' })).code,
        415,
      );
    });
  });

  describe('replacing', () => {
    it('refuses a replacement of an older version, in words that say what to do', async () => {
      const namespace = await client().namespace();
      const old = await client().configMap(namespace, 'a', { x: '1' });
      const path = `/api/v1/namespaces/${namespace}/configmaps/a`;
      const now = await client().ok('PUT', path, { body: { ...old, data: { x: '2' } } });
      assert.ok(Number(now.metadata.resourceVersion) > Number(old.metadata.resourceVersion));
      const { code, body } = await client().call('PUT', path, { body: { ...old, data: { x: '3' } } });
      assert.deepEqual(
        [code, body.reason, body.message],
        [
          409,
          'Conflict',
          'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
        ],
      );
    });

    it('accepts a replacement without a version', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a', { x: '1' });
      const path = `/api/v1/namespaces/${namespace}/configmaps/a`;
      const now = await client().ok('PUT', path, { body: { metadata: { name: 'a' }, data: { y: '2' } } });
      assert.deepEqual(now.data, { y: '2' });
    });

    it('keeps version and owners when nothing changes', async () => {
      const namespace = await client().namespace();
      const old = await client().configMap(namespace, 'a', { x: '1' });
      const path = `/api/v1/namespaces/${namespace}/configmaps/a`;
      const replaced = await client().ok('PUT', path, { body: old });
      assert.deepEqual(replaced.metadata, old.metadata);
      const patched = await client().ok('PATCH', path, { body: { data: { x: '1' } }, contentType: mergePatch });
      assert.equal(patched.metadata.resourceVersion, old.metadata.resourceVersion);
    });

    it('refuses another name, a missing object, and another uid', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a');
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      assert.equal((await client().call('PUT', `${path}/a`, { body: { metadata: { name: 'b' } } })).code, 400);
      assert.equal((await client().call('PUT', `${path}/b`, { body: { metadata: { name: 'b' } } })).code, 404);
      const uid = '11111111-1111-1111-1111-111111111111';
      const other = await client().call('PUT', `${path}/a`, { body: { metadata: { name: 'a', uid } } });
      assert.deepEqual([other.code, other.body.reason], [409, 'Conflict']);
    });

    it("refuses to change a Secret's type, and anything in an immutable one", async () => {
      const namespace = await client().namespace();
      const path = `${secrets(namespace)}/a`;
      await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'a' }, stringData: { k: 'v' } } });
      const type = await client().call('PATCH', path, { body: { type: 'example.com/other' }, contentType: mergePatch });
      assert.deepEqual([type.code, type.body.details.causes[0]?.field], [422, 'type']);
      await client().ok('PATCH', path, { body: { immutable: true }, contentType: mergePatch });
      const data = await client().call('PATCH', path, { body: { stringData: { k: 'w' } }, contentType: mergePatch });
      assert.deepEqual([data.code, data.body.details.causes[0]?.field], [422, 'data']);
      const label = await client().call('PATCH', path, {
        body: { metadata: { labels: { a: 'b' } } },
        contentType: mergePatch,
      });
      assert.equal(label.code, 200);
    });
  });

  describe('deleting', () => {
    it('answers with the deleted object for an account, with a Status for a Secret', async () => {
      const namespace = await client().namespace();
      const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
      const account = await client().ok('POST', accounts, { body: { metadata: { name: 'a' } } });
      const secret = await client().ok('POST', secrets(namespace), { body: { metadata: { name: 'a' } } });
      assert.equal((await client().ok('DELETE', `${accounts}/a`)).metadata.uid, account.metadata.uid);
      const status = await client().ok('DELETE', `${secrets(namespace)}/a`);
      assert.deepEqual([status.kind, status.status, status.details.uid], ['Status', 'Success', secret.metadata.uid]);
    });

    it('refuses when the uid or the version is not the expected one', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a');
      for (const preconditions of [{ uid: 'x' }, { resourceVersion: '1' }]) {
        const { code, body } = await client().call('DELETE', `/api/v1/namespaces/${namespace}/configmaps/a`, {
          body: { preconditions },
        });
        assert.deepEqual([code, body.reason], [409, 'Conflict']);
      }
    });

    it('keeps an object of a dry run', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a');
      const path = `/api/v1/namespaces/${namespace}/configmaps/a`;
      await client().ok('DELETE', `${path}?dryRun=All`);
      await client().ok('GET', path);
    });

    it('deletes a collection by its labels', async () => {
      const namespace = await client().namespace();
      await client().configMap(namespace, 'a', {}, { go: 'yes' });
      await client().configMap(namespace, 'b', {}, { go: 'no' });
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      await client().ok('DELETE', `${path}?labelSelector=go%3Dyes`);
      const left = await client().ok('GET', `${path}?labelSelector=go`);
      assert.deepEqual(
        left.items.map((item) => item.metadata.name),
        ['b'],
      );
    });

    it('holds an object until its finalizers are gone', async () => {
      const namespace = await client().namespace();
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      await client().ok('POST', path, { body: { metadata: { name: 'a', finalizers: ['example.com/hold'] } } });
      await client().ok('DELETE', `${path}/a`);
      const held = await client().ok('GET', `${path}/a`);
      assert.notEqual(held.metadata.deletionTimestamp, undefined);
      await client().ok('PATCH', `${path}/a`, { body: { metadata: { finalizers: null } }, contentType: mergePatch });
      assert.equal((await client().call('GET', `${path}/a`)).code, 404);
    });
  });
}
