import assert from 'node:assert/strict';
import { createMemoryConfigurationStore } from '../../common/adapters/memory/configuration-store.ts';
import { createMemoryCredentialStore } from '../../common/adapters/memory/credential-store.ts';
import { createMemoryFightMemory } from '../../common/adapters/memory/fight-memory.ts';
import { createMemoryObservationStore } from '../../common/adapters/memory/observation-store.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { Happening } from '../../common/domain/happening.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import type { HandlerResult } from '../../queues/bus.ts';
import type { MessageData } from '../../queues/catalog.ts';
import { FakeCluster } from '../../tests/fixtures/fake-cluster.ts';
import { account, configuration, credential, namespace, now, secretName } from '../../tests/fixtures/values.ts';
import { DesiredSecretsCache } from './desired-secrets-cache.ts';
import { FightGuard } from './fight-guard.ts';
import { NamespaceTroubles } from './namespace-troubles.ts';
import { syncNamespace } from './sync-namespace.ts';

describe('syncNamespace', () => {
  let cluster: FakeCluster;
  let happenings: Happening[];
  let sync: (cause?: MessageData<'namespace.sync'>['cause']) => Promise<HandlerResult>;
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
    const report = (happening: Happening): void => void happenings.push(happening);
    const fights = createMemoryFightMemory();
    const handle = syncNamespace({
      configurations,
      observations,
      credentials,
      cluster,
      desiredSecrets: new DesiredSecretsCache({ credentials, secretName, allowedHosts: [], report: () => undefined }),
      secretName,
      fightGuard: new FightGuard({ fights, clock: () => now, report }),
      troubles: new NamespaceTroubles(report),
      clock: () => now,
      watchClock: () => now,
      report,
    });
    sync = (cause = 'namespace') =>
      handle({
        data: { namespace: 'shop', cause },
        urgency: 'unserved',
        attempt: 1,
        signal: new AbortController().signal,
      });
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

  it('corrects an account five times, then once a minute, and comes back for it by itself', async () => {
    await sync();
    for (let count = 0; count < 20; count++) {
      const theirs = cluster.changeAccount(account(), ['theirs']);
      await observations.observe([
        { kind: 'account', namespace: 'shop', name: 'default', resourceVersion: theirs.resourceVersion, state: theirs },
      ]);
      const result = await sync('account');
      assert.deepEqual(result, count < 5 ? undefined : { againAfterSeconds: 60 });
    }
    assert.equal(cluster.calls.filter((call) => call === 'attach shop/default').length, 6);
    assert.equal(happenings.filter(({ kind }) => kind === 'fight-recognised').length, 1);
  });

  it('tells a failure that only a person can mend once, and what was written before it', async () => {
    cluster.attach = async () => {
      throw new Failure('kubernetes-forbidden', 'no right');
    };
    for (let count = 0; count < 2; count++) await assert.rejects(sync(), { code: 'kubernetes-forbidden' });
    assert.deepEqual(
      happenings.map(({ kind }) => kind),
      ['namespace-blocked', 'namespace-synced'],
    );
  });

  it('ends quietly in a namespace that is being deleted', async () => {
    cluster.createSecret = async () => {
      throw new Failure('kubernetes-namespace-terminating', 'terminating');
    };
    await sync();
    assert.deepEqual(happenings, []);
  });

  it('counts what only the sweep found', async () => {
    await sync('sweep');
    assert.deepEqual(
      happenings.map((happening) => happening.kind === 'namespace-synced' && happening.sweepCorrections),
      [1],
    );
  });
});
