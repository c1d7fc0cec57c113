import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import type { Happening } from '../../common/domain/happening.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import { FakeCluster } from '../../tests/fixtures/fake-cluster.ts';
import { account, configuration, credential, namespace, now, secretName } from '../../tests/fixtures/values.ts';
import { DesiredSecretsCache } from './desired-secrets-cache.ts';
import { syncNamespace } from './sync-namespace.ts';

describe('syncNamespace', () => {
  let cluster: FakeCluster;
  let happenings: Happening[];
  let sync: () => Promise<void>;
  let observations: ReturnType<typeof createMemoryObservationStore>;

  beforeEach(async () => {
    cluster = new FakeCluster();
    happenings = [];
    observations = createMemoryObservationStore();
    const configurations = createMemoryConfigurationStore();
    const credentials = createMemoryCredentialStore();
    const inForce = { configuration: configuration(), version: 'c1' };
    const [sourceId = ''] = resolveRegistries(inForce).sources.keys();
    await configurations.write(inForce);
    await credentials.write({ sourceId, credential: credential({ sourceId }) });
    cluster.namespaces.set('shop', namespace());
    cluster.accounts.set('shop/default', account());
    await observations.observe([
      { kind: 'namespace', namespace: 'shop', resourceVersion: '10', state: namespace() },
      { kind: 'account', namespace: 'shop', name: 'default', resourceVersion: '11', state: account() },
    ]);
    await observations.markListed('everything', 0);
    const handle = syncNamespace({
      configurations,
      observations,
      credentials,
      cluster,
      desiredSecrets: new DesiredSecretsCache({ credentials, secretName, allowedHosts: [], report: () => undefined }),
      secretName,
      clock: () => now,
      report: (happening) => void happenings.push(happening),
    });
    sync = async () => {
      const signal = new AbortController().signal;
      await handle({ data: { namespace: 'shop', cause: 'namespace' }, urgency: 'unserved', attempt: 1, signal });
    };
  });

  it('serves a namespace with one create and one patch, and no read', async () => {
    await sync();
    assert.deepEqual(cluster.calls, [`create shop/${secretName}`, 'attach shop/default']);
  });

  it('has nothing to do the second time, before any watch echoed its writes', async () => {
    await sync();
    cluster.calls.length = 0;
    await sync();
    assert.deepEqual(cluster.calls, []);
  });

  it('reads an account afresh after a conflict and loses no entry of the other writer', async () => {
    cluster.changeAccount(account(), ['theirs']);
    await sync();
    assert.deepEqual(cluster.accounts.get('shop/default')?.pullSecrets, ['theirs', secretName]);
    assert.deepEqual(cluster.calls.slice(1), [
      'attach shop/default',
      'read account shop/default',
      'attach shop/default',
    ]);
  });

  it('does not overwrite a Secret that was made by somebody else meanwhile', async () => {
    cluster.secrets.set(`shop/${secretName}`, {
      namespace: 'shop',
      name: secretName,
      uid: 'theirs',
      resourceVersion: '99',
      ownsData: false,
    });
    await sync();
    assert.deepEqual(cluster.calls, [`create shop/${secretName}`, `read secret shop/${secretName}`]);
    assert.equal(cluster.secrets.get(`shop/${secretName}`)?.uid, 'theirs');
  });

  it('ends quietly when the account was deleted meanwhile', async () => {
    cluster.accounts.delete('shop/default');
    await sync();
    assert.equal(cluster.secrets.size, 1);
  });

  it('ends quietly when the namespace was deleted meanwhile', async () => {
    cluster.namespaces.delete('shop');
    await sync();
    assert.deepEqual(cluster.calls, [`create shop/${secretName}`, `read secret shop/${secretName}`, 'read shop']);
  });

  it('tells what it wrote and attached, once', async () => {
    await sync();
    assert.deepEqual(
      happenings.map((happening) => happening.kind === 'namespace-synced' && [happening.writes, happening.attached]),
      [[['create-secret', 'attach'], ['default']]],
    );
  });
});
