import assert from 'node:assert/strict';
import { Failure } from '../../common/domain/failure.ts';
import type { ObservedAccount, ObservedSecret } from '../../common/domain/namespaces/observation.ts';
import { ourManager } from '../../common/domain/namespaces/our-secrets.ts';
import { FakeCluster } from '../../tests/fixtures/fake-cluster.ts';
import { cleanup, type CleanupOptions, type CleanupWorld } from './cleanup.ts';

describe('cleanup', () => {
  it('detaches every account before it deletes the Secret of its namespace', async () => {
    const cluster = servedCluster(['shop', 'blog']);
    await cleanup(worldOf(cluster), options());
    const writes = cluster.calls.filter((call) => /^(detach|delete) /.test(call));
    assert.deepEqual(writes, [
      'detach shop/default',
      'detach blog/default',
      'delete shop/pull',
      'delete blog/pull',
      `delete kube-system/last-good`,
    ]);
  });

  it('keeps the references of others, and their order', async () => {
    const cluster = servedCluster(['shop']);
    addAccount(cluster, 'shop', 'web', ['theirs', 'pull', 'other']);
    await cleanup(worldOf(cluster), options());
    assert.deepEqual(cluster.accounts.get('shop/web')?.pullSecrets, ['theirs', 'other']);
  });

  it('leaves a Secret of our name that somebody else wrote, and the references to it', async () => {
    const cluster = servedCluster([]);
    addSecret(cluster, 'shop', 'pull', 'somebody');
    addAccount(cluster, 'shop', 'default', ['pull']);
    const result = await cleanup(worldOf(cluster), options());
    assert.deepEqual(cluster.accounts.get('shop/default')?.pullSecrets, ['pull']);
    assert.deepEqual(result.leftAlone, ['Secret shop/pull']);
  });

  it('takes out a reference whose Secret is gone already, as after an interrupted run', async () => {
    const cluster = servedCluster([]);
    addAccount(cluster, 'shop', 'default', ['pull']);
    const result = await cleanup(worldOf(cluster), options());
    assert.deepEqual(cluster.accounts.get('shop/default')?.pullSecrets, []);
    assert.equal(result.references, 1);
  });

  it('finds Secrets whose names nobody remembers by their label', async () => {
    const cluster = servedCluster([]);
    addSecret(cluster, 'shop', 'acr-credential-0123', ourManager);
    await cleanup(worldOf(cluster), options());
    assert.equal(cluster.secrets.has('shop/acr-credential-0123'), false);
  });

  it('looks for the given names and reads nothing else, where it may not list all Secrets', async () => {
    const cluster = servedCluster([]);
    addSecret(cluster, 'shop', 'acr-credential-0123', ourManager);
    const world = { ...worldOf(cluster), names: { read: () => Promise.reject(new Error('must not be asked')) } };
    await cleanup(world, options({ onlyNames: ['pull', 'acr-credential-0123'] }));
    assert.equal(cluster.secrets.has('shop/acr-credential-0123'), false);
  });

  it('writes nothing in a dry run, and counts what it would', async () => {
    const cluster = servedCluster(['shop', 'blog']);
    const told: string[] = [];
    const result = await cleanup(worldOf(cluster), options({ dryRun: true, tell: (line) => told.push(line) }));
    assert.deepEqual(
      cluster.calls.filter((call) => /^(detach|delete) /.test(call)),
      [],
    );
    assert.deepEqual([result.references, result.secrets], [2, 3]);
    assert.ok(told.includes('would remove reference shop/default → pull'), told.join('\n'));
  });

  it('has nothing to do the second time', async () => {
    const cluster = servedCluster(['shop']);
    await cleanup(worldOf(cluster), options());
    const result = await cleanup(worldOf(cluster), options());
    assert.deepEqual([result.removed, result.failed], [0, 0]);
  });

  it('keeps the Secret of a namespace in which an account could not be detached', async () => {
    const cluster = servedCluster(['shop', 'blog']);
    const writer = refusing(cluster, 'shop');
    const result = await cleanup({ ...worldOf(cluster), writer }, options());
    assert.deepEqual([cluster.secrets.has('shop/pull'), cluster.secrets.has('blog/pull')], [true, false]);
    assert.equal(result.failures[0]?.code, 'kubernetes-forbidden');
    assert.ok(cluster.secrets.has('kube-system/last-good'), 'it has the names that the next run needs');
  });

  it('plans anew where an account was changed meanwhile, and loses nothing of the change', async () => {
    const cluster = servedCluster(['shop']);
    const account = cluster.accounts.get('shop/default');
    assert.ok(account);
    const world = worldOf(cluster);
    const stale = { ...world.lists, accounts: () => pageOf([{ ...account, resourceVersion: '1' }]) };
    cluster.accounts.set('shop/default', { ...account, pullSecrets: ['new', 'pull'] });
    await cleanup({ ...world, lists: stale }, options());
    assert.deepEqual(cluster.accounts.get('shop/default')?.pullSecrets, ['new']);
  });

  it('says that a helper still runs when everything comes back', async () => {
    const cluster = servedCluster(['shop']);
    const world = worldOf(cluster);
    const pause = async (): Promise<void> => addAccount(cluster, 'shop', 'default', ['pull']);
    const result = await cleanup({ ...world, pause }, options());
    assert.equal(result.stillWritten, true);
    assert.ok(cluster.secrets.has('kube-system/last-good'), 'what the helper needs is kept while it runs');
  });

  it('removes what would give new accounts the reference first of all', async () => {
    const cluster = servedCluster(['shop']);
    const admission: CleanupWorld['admission'] = {
      capabilities: async () => ({ kinds: new Set(['MutatingAdmissionPolicyBinding'] as const) }),
      read: async () => ({}),
      remove: async ({ kind, name }) => void cluster.calls.push(`remove ${kind} ${name}`),
    };
    await cleanup({ ...worldOf(cluster), admission }, options());
    assert.equal(cluster.calls[0], 'remove MutatingAdmissionPolicyBinding acr-credential-helper');
    assert.ok(cluster.calls.includes('detach shop/default'));
  });
});

function options(given: Partial<CleanupOptions> = {}): CleanupOptions {
  return {
    dryRun: false,
    namespace: 'kube-system',
    secretName: 'pull',
    ownSecretNames: ['last-good'],
    tell: () => undefined,
    progress: () => undefined,
    ...given,
  };
}

/** Namespaces as the helper leaves them, and its own Secret. */
function servedCluster(namespaces: readonly string[]): FakeCluster {
  const cluster = new FakeCluster();
  for (const namespace of namespaces) {
    addSecret(cluster, namespace, 'pull', ourManager);
    addAccount(cluster, namespace, 'default', ['pull']);
  }
  addSecret(cluster, 'kube-system', 'last-good', ourManager);
  return cluster;
}

function addAccount(cluster: FakeCluster, namespace: string, name: string, pullSecrets: readonly string[]): void {
  const account: ObservedAccount = {
    namespace,
    name,
    uid: `uid-${namespace}-${name}`,
    resourceVersion: '7',
    labels: {},
    ignored: false,
    pullSecrets,
    createdAt: 0,
  };
  cluster.accounts.set(`${namespace}/${name}`, account);
}

function addSecret(cluster: FakeCluster, namespace: string, name: string, managedBy: string): void {
  const secret = { namespace, name, uid: `uid-${namespace}-${name}`, resourceVersion: '7', managedBy, ownsData: true };
  cluster.secrets.set(`${namespace}/${name}`, secret);
}

function worldOf(cluster: FakeCluster): CleanupWorld {
  const secrets = (matches: (secret: ObservedSecret) => boolean) =>
    pageOf([...cluster.secrets.values()].filter((secret) => matches(secret)));
  return {
    lists: {
      accounts: () => pageOf([...cluster.accounts.values()]),
      secretsNamed: (wanted) => secrets(({ name }) => name === wanted),
      secretsLabelled: () => secrets(({ managedBy }) => managedBy === ourManager),
    },
    writer: cluster,
    admission: {
      capabilities: async () => ({ kinds: new Set() }),
      read: async () => undefined,
      remove: async () => undefined,
    },
    names: { read: async () => [] },
    pause: async () => undefined,
  };
}

async function* pageOf<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  yield items;
}

/** A cluster in which the accounts of one namespace may not be changed. */
function refusing(cluster: FakeCluster, namespace: string): FakeCluster {
  const detach = cluster.detach.bind(cluster);
  cluster.detach = (account, names) =>
    account.namespace === namespace
      ? Promise.reject(new Failure('kubernetes-forbidden', 'not allowed'))
      : detach(account, names);
  return cluster;
}
