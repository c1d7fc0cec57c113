import assert from 'node:assert/strict';

import type { ObservedChange } from '../../common/domain/namespaces/observation.ts';
import type { ClusterWatcher, WatchEvent } from '../../common/ports/cluster-watcher.ts';
import type { ClusterWriter } from '../../common/ports/cluster-writer.ts';
import type { Admin } from './cluster-admin.ts';
import { collect, desiredSecret, uniqueName } from './cluster-adapter-values.ts';

/** The part of the cluster adapter's contract that is about watches. `parts` is asked before each test. */
export function defineWatchPromises(
  parts: () => {
    readonly admin: Admin;
    readonly writer: ClusterWriter;
    readonly watcher: ClusterWatcher;
    readonly namespace: string;
  },
): void {
  describe('watches', () => {
    const secretName = 'acr-credential-secret-aggregation';
    let admin: Admin;
    let writer: ClusterWriter;
    let watcher: ClusterWatcher;
    let namespace: string;
    let stop: AbortController;

    beforeEach(() => {
      ({ admin, writer, watcher, namespace } = parts());
      stop = new AbortController();
    });

    afterEach(() => stop.abort());

    it('deliver every existing account in pages, then the end of the list with all keys', async () => {
      for (const name of ['a', 'b', 'c']) await admin.createAccount(namespace, name);
      const seen = new Set<string>();
      for await (const event of watcher.watchAccounts(stop.signal)) {
        if (event.type === 'page') event.items.forEach((change) => seen.add(keyOf(change)));
        else {
          assert.equal(event.type, 'listed');
          assert.deepEqual(new Set(event.type === 'listed' ? event.keys : []), seen);
          break;
        }
      }
      for (const name of ['a', 'b', 'c']) assert.ok(seen.has(`${namespace}/${name}`), name);
    });

    it('deliver new, changed and deleted accounts', async () => {
      const changes = collect(watcher.watchAccounts(stop.signal), (change) => change.namespace === namespace);
      await changes.listed;
      await admin.createAccount(namespace, 'late');
      const created = await changes.next((change) => keyOf(change) === `${namespace}/late`);
      assert.deepEqual(created.kind === 'account' && created.state?.pullSecrets, []);
      await admin.setPullSecrets(namespace, 'late', ['theirs']);
      const changed = await changes.next((change) => keyOf(change) === `${namespace}/late`);
      assert.deepEqual(changed.kind === 'account' && changed.state?.pullSecrets, ['theirs']);
      await admin.deleteAccount(namespace, 'late');
      const deleted = await changes.next((change) => keyOf(change) === `${namespace}/late`);
      assert.equal(deleted.state, undefined);
    });

    it('deliver what a write of ours answered', async () => {
      const changes = collect(
        watcher.watchSecrets(secretName, stop.signal),
        (change) => change.namespace === namespace,
      );
      await changes.listed;
      const created = await writer.createSecret(namespace, desiredSecret(secretName, 'one'), 'unserved');
      const seen = await changes.next(() => true);
      assert.deepEqual(seen.state, created);
    });

    it('deliver only Secrets of the name', async () => {
      const changes = collect(
        watcher.watchSecrets(secretName, stop.signal),
        (change) => change.namespace === namespace,
      );
      await changes.listed;
      await admin.createDockerSecret(namespace, 'another', '{"auths":{}}');
      await admin.createDockerSecret(namespace, secretName, '{"auths":{}}');
      const seen = await changes.next(() => true);
      assert.equal(keyOf(seen), `${namespace}/${secretName}`);
      assert.equal(seen.kind === 'secret' && seen.state?.managedBy, undefined);
    });

    it('deliver the coming end of a namespace', async () => {
      const name = uniqueName('ending');
      const changes = collect(watcher.watchNamespaces(stop.signal), (change) => change.namespace === name);
      await changes.listed;
      await admin.createNamespace(name);
      const created = await changes.next(() => true);
      assert.equal(created.kind === 'namespace' && created.state?.terminating, false);
      await admin.deleteNamespace(name);
      // That it is gone comes some seconds later on a real cluster.
      await changes.next((change) => change.kind === 'namespace' && change.state?.terminating !== false);
    });

    it('of the ConfigMap say that there is none, what it holds, and that it is gone', async () => {
      const items = collect(watcher.watchConfigMap(namespace, 'acr-configuration', stop.signal), () => true);
      assert.equal((await items.next(() => true)).data, undefined);
      await items.listed;
      await admin.createConfigMap(namespace, 'other', { ignored: 'yes' });
      await admin.createConfigMap(namespace, 'acr-configuration', { 'watch-namespace': 'all' });
      assert.deepEqual((await items.next(() => true)).data, { 'watch-namespace': 'all' });
      await admin.deleteConfigMap(namespace, 'acr-configuration');
      assert.equal((await items.next(() => true)).data, undefined);
    });

    it('end when they are aborted', async () => {
      const ended = (async () => {
        const events: WatchEvent<ObservedChange>[] = [];
        for await (const event of watcher.watchNamespaces(stop.signal)) {
          events.push(event);
          if (event.type === 'listed') setImmediate(() => stop.abort());
        }
        return events.length;
      })();
      assert.ok((await ended) > 0);
    });
  });
}

function keyOf(change: ObservedChange): string {
  return change.kind === 'namespace' ? change.namespace : `${change.namespace}/${change.name}`;
}
