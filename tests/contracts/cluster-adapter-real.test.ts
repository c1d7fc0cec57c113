import assert from 'node:assert/strict';

import { createApiClient } from '../../common/adapters/kubernetes/requests/api-client.ts';
import { createClusterWatcher } from '../../common/adapters/kubernetes/watching/cluster-watcher.ts';
import { createClusterWriter } from '../../common/adapters/kubernetes/writing/cluster-writer.ts';
import { resolveConnection } from '../../common/adapters/kubernetes/connection/connection.ts';
import { createRequestWindow } from '../../common/adapters/kubernetes/requests/request-window.ts';
import { startControlPlane, type ControlPlane } from '../real-parts/control-plane.ts';
import { mirror } from './account-mirror.ts';
import { createAdmin, type Admin } from './cluster-admin.ts';
import { defineClusterAdapterContract } from './cluster-adapter.contract.ts';
import { desiredSecret } from './cluster-adapter-values.ts';

describe('with a real control plane', function () {
  this.timeout(120_000);
  let controlPlane: ControlPlane;

  before(async () => {
    controlPlane = await startControlPlane();
  });

  after(() => controlPlane.stop());

  defineClusterAdapterContract('the real API server', () => Promise.resolve(controlPlane));

  describe('the Kubernetes adapter', () => {
    let admin: Admin;
    let stop: AbortController;

    beforeEach(async () => {
      admin = await createAdmin(await resolveConnection({ kubeconfigPath: controlPlane.kubeconfigPath }));
      stop = new AbortController();
    });

    afterEach(async () => {
      stop.abort();
      await admin.close();
    });

    const connect = async () =>
      createApiClient({
        connection: await resolveConnection({ kubeconfigPath: controlPlane.kubeconfigPath }),
        version: '0.0.0-test',
      });

    it('follows on after the API server was killed and started again', async () => {
      const client = await connect();
      const watched = mirror(createClusterWatcher({ client }).watchAccounts(stop.signal));
      await admin.createNamespace('restarted');
      await watched.until((objects) => objects.has('restarted/default'));
      await controlPlane.restartApiServer();
      await admin.createAccount('restarted', 'afterwards');
      await watched.until((objects) => objects.has('restarted/afterwards'));
      await client.close();
    });

    it('gives up a watch on which a stopped API server sends nothing, and follows on later', async () => {
      const client = await connect();
      let problem = '';
      const told = new Promise<void>((resolve) => {
        const observer = {
          problem: (_: string, { message }: Error) => {
            problem = message;
            resolve();
          },
        };
        const limits = { stallSeconds: 1 };
        const watched = mirror(createClusterWatcher({ client, observer, limits }).watchAccounts(stop.signal));
        void watched.until((objects) => objects.size > 0).then(() => controlPlane.pause());
      });
      try {
        await told;
      } finally {
        controlPlane.resume();
      }
      assert.match(problem, /the watch of serviceaccounts is dead: nothing came from https:.* for 1 s/);
      await client.close();
    });

    it('works under rights that name the Secret: no POST, no other Secret', async () => {
      const name = 'acr-credential-secret-aggregation';
      await admin.createNamespace('least');
      await admin.createAccount('least', 'helper');
      await admin.grantSecretByName('least', 'helper', name);
      const token = await controlPlane.serviceAccountToken('least', 'helper');
      const base = await resolveConnection({ kubeconfigPath: controlPlane.kubeconfigPath });
      const headers = { authorization: `Bearer ${token}` };
      const connection = { ...base, headers: () => Promise.resolve(headers) };
      const client = createApiClient({ connection, version: '0.0.0-test' });
      const writer = createClusterWriter({ client, window: createRequestWindow() });
      const created = await writer.createSecret('least', desiredSecret(name, 'one'), 'unserved');
      const rewritten = await writer.rewriteSecret('least', desiredSecret(name, 'two'), created, 'expiring');
      const repaired = await writer.repairSecret('least', desiredSecret(name, 'one'), rewritten, 'drifted');
      await writer.deleteSecret('least', name, repaired, 'drifted');
      await assert.rejects(writer.createSecret('least', desiredSecret('other', 'one'), 'unserved'), {
        code: 'kubernetes-forbidden',
        message: /cannot apply secrets least\/other: .*403 Forbidden: .*system:serviceaccount:least:helper/,
      });
      const events = createClusterWatcher({ client }).watchSecrets(name, stop.signal);
      for await (const event of events) if (event.type === 'listed') break;
      await client.close();
    });
  });
});
