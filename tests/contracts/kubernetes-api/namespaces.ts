import assert from 'node:assert/strict';
import type { ApiClient, ApiObject } from './api-client.ts';

/** What namespaces, events and the other kinds promise. */
export function describeNamespaces(client: () => ApiClient): void {
  describe('namespaces and other kinds', () => {
    it('labels a new namespace with its name and makes it active', async () => {
      const name = await client().namespace({ team: 'a' });
      const made = await client().ok('GET', `/api/v1/namespaces/${name}`);
      assert.deepEqual(made.metadata.labels, { team: 'a', 'kubernetes.io/metadata.name': name });
      assert.deepEqual(made.status, { phase: 'Active' });
      assert.deepEqual(made.spec, { finalizers: ['kubernetes'] });
    });

    it('gives a new namespace its default account', async () => {
      const name = await client().namespace();
      const account = await eventually(async () => {
        const { code, body } = await client().call('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`);
        return code === 200 ? body : undefined;
      });
      assert.equal(account.imagePullSecrets, undefined);
    });

    it('gives a namespace its default account again when that was deleted', async () => {
      const name = await client().namespace();
      const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
      const get = async (): Promise<ApiObject | undefined> => {
        const { code, body } = await client().call('GET', path);
        return code === 200 ? body : undefined;
      };
      const first = await eventually(get);
      await client().ok('DELETE', path);
      const second = await eventually(get);
      assert.notEqual(second.metadata.uid, first.metadata.uid);
    });

    it('refuses namespaces whose name is no DNS label', async () => {
      const { code, body } = await client().call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'a.b' } } });
      assert.equal(code, 422);
      assert.match(
        body.message,
        /^Namespace "a\.b" is invalid: metadata\.name: Invalid value: "a\.b": must not contain dots/,
      );
    });

    it('refuses new objects in a namespace that is going away, and says so', async () => {
      const name = await client().namespace();
      const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } };
      await client().ok('POST', `/api/v1/namespaces/${name}/configmaps`, { body: held });
      const going = await client().ok('DELETE', `/api/v1/namespaces/${name}`);
      assert.notEqual(going.metadata.deletionTimestamp, undefined);
      const { code, body } = await client().call('POST', `/api/v1/namespaces/${name}/secrets`, {
        body: { metadata: { name: 'a' } },
      });
      assert.deepEqual([code, body.reason, body.details.causes[0]?.reason], [403, 'Forbidden', 'NamespaceTerminating']);
      assert.equal(
        body.message,
        `secrets "a" is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
      );
      const patch = { body: { metadata: { finalizers: null } }, contentType: 'application/merge-patch+json' };
      await client().ok('PATCH', `/api/v1/namespaces/${name}/configmaps/held`, patch);
    });

    it('deletes the content of a namespace and then the namespace', async () => {
      const name = await client().namespace();
      await client().configMap(name, 'a');
      await client().ok('DELETE', `/api/v1/namespaces/${name}`);
      const gone = await eventually(async () => {
        const { code } = await client().call('GET', `/api/v1/namespaces/${name}`);
        return code === 404 ? code : undefined;
      });
      assert.equal(gone, 404);
      const content = await client().ok('GET', `/api/v1/namespaces/${name}/configmaps`);
      assert.deepEqual(content.items, []);
    });

    it('shows an event in both of its groups', async () => {
      const name = await client().namespace();
      const involvedObject = { kind: 'Namespace', name, namespace: name };
      const body = { metadata: { name: 'e' }, involvedObject, reason: 'Tested', message: 'hello', type: 'Normal' };
      await client().ok('POST', `/api/v1/namespaces/${name}/events`, { body });
      const other = await client().ok('GET', `/apis/events.k8s.io/v1/namespaces/${name}/events/e`);
      assert.deepEqual([other['note'], other['regarding']], ['hello', involvedObject]);
      const query = `fieldSelector=involvedObject.name%3D${name},reason%3DTested`;
      const found = await client().ok('GET', `/api/v1/namespaces/${name}/events?${query}`);
      assert.deepEqual(
        found.items.map((item) => item.metadata.name),
        ['e'],
      );
    });

    it('counts what happens again on the Event that is there, and refuses a count below two and another note', async () => {
      const name = await client().namespace();
      const events = `/apis/events.k8s.io/v1/namespaces/${name}/events`;
      const eventTime = '2026-01-02T03:04:05.678000Z';
      const body = {
        metadata: { name: 'repeated' },
        eventTime,
        reportingController: 'example.com',
        reportingInstance: 'one',
        action: 'Tested',
        reason: 'Tested',
        type: 'Normal',
        note: 'hello',
        regarding: { apiVersion: 'v1', kind: 'Namespace', namespace: name, name },
      };
      await client().ok('POST', events, { body });
      const patch = (change: object) =>
        client().call('PATCH', `${events}/repeated`, { body: change, contentType: 'application/merge-patch+json' });
      const series = { count: 3, lastObservedTime: '2026-01-02T03:14:05.123000Z' };
      assert.equal((await patch({ series })).code, 200);
      for (const type of ['application/merge-patch+json', 'application/strategic-merge-patch+json']) {
        const more = { body: { series: { ...series, count: 4 } }, contentType: type };
        const repeated = await client().ok('PATCH', `${events}/repeated`, more);
        assert.deepEqual([repeated['series'], repeated['eventTime']], [{ ...series, count: 4 }, eventTime]);
      }
      const asCore = await client().ok('GET', `/api/v1/namespaces/${name}/events/repeated`);
      assert.deepEqual(asCore['series'], { ...series, count: 4 });
      const refused = [
        { change: { series: { count: 1 } }, field: 'series.count' },
        { change: { series: { lastObservedTime: null } }, field: 'series.lastObservedTime' },
        { change: { note: 'other' }, field: 'message' },
      ];
      for (const { change, field } of refused) {
        const { code, body: status } = await patch(change);
        assert.deepEqual([code, status.details.causes.map((cause) => cause.field)], [422, [field]]);
      }
      const ofGone = { body: { series }, contentType: 'application/merge-patch+json' };
      assert.equal((await client().call('PATCH', `${events}/gone`, ofGone)).code, 404);
      const begun = { ...body, metadata: { name: 'begun' }, series };
      assert.deepEqual((await client().ok('POST', events, { body: begun }))['series'], series);
    });

    it('keeps Leases, and raises the generation of a webhook configuration when its webhooks change', async () => {
      const name = await client().namespace();
      const leases = `/apis/coordination.k8s.io/v1/namespaces/${name}/leases`;
      const lease = await client().ok('POST', leases, {
        body: { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } },
      });
      assert.equal(lease.spec?.['holderIdentity'], 'me');
      const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
      const webhook = {
        name: 'a.example.com',
        clientConfig: { url: 'https://127.0.0.1:1/x' },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        failurePolicy: 'Ignore',
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'contract-nowhere' } },
      };
      const made = await client().ok('POST', path, { body: { metadata: { name }, webhooks: [webhook] } });
      assert.equal(made.metadata.generation, 1);
      const contentType = 'application/merge-patch+json';
      const body = { webhooks: [{ ...webhook, timeoutSeconds: 5 }] };
      const changed = await client().ok('PATCH', `${path}/${name}`, { body, contentType });
      assert.equal(changed.metadata.generation, 2);
      await client().ok('DELETE', `${path}/${name}`);
    });

    it('answers a review of the own rights', async () => {
      const body = { spec: { resourceAttributes: { verb: 'get', resource: 'secrets' } } };
      const { code, body: review } = await client().call(
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        { body },
      );
      assert.deepEqual([code, (review.status as { allowed: boolean }).allowed], [201, true]);
    });

    it('counts its requests by verb and resource', async () => {
      await client().ok('GET', '/api/v1/secrets?limit=1');
      const { text } = await client().call('GET', '/metrics');
      assert.match(
        text,
        /^apiserver_request_total\{code="200",component="apiserver",dry_run="",group="",resource="secrets",scope="cluster",subresource="",verb="LIST",version="v1"\} \d+$/m,
      );
    });
  });
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
