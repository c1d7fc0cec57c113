import assert from 'node:assert/strict';

import { createApiClient, type ApiClient } from '../../common/adapters/kubernetes/requests/api-client.ts';
import { createClusterWatcher } from '../../common/adapters/kubernetes/watching/cluster-watcher.ts';
import { createClusterWriter } from '../../common/adapters/kubernetes/writing/cluster-writer.ts';
import type { KubernetesConnection } from '../../common/adapters/kubernetes/connection/kubernetes-connection.ts';
import { createRequestWindow } from '../../common/adapters/kubernetes/requests/request-window.ts';
import { startKubernetesApiSimulator, type Simulator } from '../../deploy/simulators/kubernetes-api/start.ts';
import { mirror } from './account-mirror.ts';
import { createAdmin, type Admin } from './cluster-admin.ts';
import { failureOf } from './cluster-adapter-values.ts';

describe('the Kubernetes adapter on a failing API server', function () {
  this.timeout(30_000);
  let simulator: Simulator;
  let client: ApiClient;
  let admin: Admin;
  let stop: AbortController;

  beforeEach(async () => {
    simulator = await startKubernetesApiSimulator();
    const connection = connectionTo(simulator.url);
    client = createApiClient({ connection, version: '0.0.0-test', timeoutSeconds: 2 });
    admin = await createAdmin(connection);
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await client.close();
    await admin.close();
    await simulator.stop();
  });

  it('misses no change while watches are cut, histories forgotten and requests refused', async () => {
    const limits = { pageSize: 5, minBackOffMs: 5, maxBackOffMs: 20, stallSeconds: 1 };
    const watched = mirror(createClusterWatcher({ client, limits }).watchAccounts(stop.signal));
    await admin.createNamespace('churn');
    for (let round = 0; round < 200; round++) {
      await change(admin, round);
      disturb(simulator, round);
    }
    await admin.createAccount('churn', 'last');
    simulator.control.clearFaults();
    await watched.until((objects) => objects.has('churn/last'));
    const truth = await admin.accountVersions();
    await watched.until((objects) => sameVersions(objects, truth));
    assert.ok(watched.lists() > 1, 'the histories were forgotten, so there were several lists');
  });

  it('is quiet when nothing happens: one list and one watch for each kind, no more', async () => {
    const watched = mirror(createClusterWatcher({ client }).watchAccounts(stop.signal));
    await watched.until((objects) => objects.size >= 4);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(simulator.control.requests.count({ verb: 'LIST', resource: 'serviceaccounts' }), 1);
    assert.equal(simulator.control.watches, 1);
  });

  it('narrows its window when it is throttled, and serves everybody in the end', async () => {
    await admin.createNamespace('busy');
    for (let n = 0; n < 20; n++) await admin.createAccount('busy', `a-${n}`);
    const window = createRequestWindow({ limit: 8 });
    const writer = createClusterWriter({ client, window });
    simulator.control.fault({
      match: { verb: 'PATCH', resource: 'serviceaccounts' },
      times: 8,
      effect: { type: 'status', code: 429, retryAfterSeconds: 1 },
    });
    const attachSurely = async (name: string): Promise<readonly string[]> => {
      const account = await writer.readAccount('busy', name, 'unserved');
      assert.ok(account);
      const attempt = () => writer.attach(account, ['ours'], 'unserved');
      const attached = await attempt().catch(attempt);
      return attached.pullSecrets;
    };
    const attached = await Promise.all(Array.from({ length: 20 }, (_, n) => attachSurely(`a-${n}`)));
    assert.ok(attached.every((names) => names.includes('ours')));
    assert.ok(window.gauges().limit < 8, `limit ${window.gauges().limit}`);
  });

  it('says that the answer did not come when the server hangs', async () => {
    simulator.control.fault({ match: { resource: 'namespaces' }, times: 1, effect: { type: 'hang' } });
    const writer = createClusterWriter({ client, window: createRequestWindow() });
    const failure = await failureOf(writer.readNamespace('default', 'periodic'));
    assert.equal(failure.code, 'kubernetes-unreachable');
  });
});

/** One of: a new account, a changed one, a deleted one. */
async function change(admin: Admin, round: number): Promise<void> {
  const name = `account-${Math.floor(round / 4)}`;
  if (round % 4 === 0) await admin.createAccount('churn', name);
  else if (round % 4 === 3 && round % 8 === 3) await admin.deleteAccount('churn', name);
  else await admin.setPullSecrets('churn', name, [`secret-${round}`]);
}

function disturb({ control }: Simulator, round: number): void {
  if (round % 7 === 0) control.cutWatches('serviceaccounts');
  if (round % 31 === 0) {
    control.compact();
    control.cutWatches('serviceaccounts');
  }
  if (round % 13 === 0) {
    const effect = round % 2 === 0 ? ({ type: 'status', code: 500 } as const) : ({ type: 'reset' } as const);
    for (const verb of ['LIST', 'WATCH'])
      control.fault({ match: { verb, resource: 'serviceaccounts' }, times: 1, effect });
  }
}

function sameVersions(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, version]) => other.get(key) === version);
}

function connectionTo(baseUrl: string): KubernetesConnection {
  const none = {};
  return {
    baseUrl,
    origin: 'a test',
    tls: () => Promise.resolve(none),
    headers: () => Promise.resolve(none),
    refused: () => undefined,
  };
}
