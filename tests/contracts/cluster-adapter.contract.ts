import assert from 'node:assert/strict';

import { createApiClient, type ApiClient } from '../../common/adapters/kubernetes/requests/api-client.ts';
import { createClusterWatcher } from '../../common/adapters/kubernetes/watching/cluster-watcher.ts';
import { createClusterWriter } from '../../common/adapters/kubernetes/writing/cluster-writer.ts';
import { resolveConnection } from '../../common/adapters/kubernetes/connection/connection.ts';
import { createRequestWindow } from '../../common/adapters/kubernetes/requests/request-window.ts';
import { createSecretReader } from '../../common/adapters/kubernetes/secret-reader.ts';
import type { FailureCode } from '../../common/domain/failure-catalog.ts';
import type { ObservedAccount, ObservedSecret } from '../../common/domain/namespaces/observation.ts';
import type { ClusterWatcher } from '../../common/ports/cluster-watcher.ts';
import type { ClusterWriter } from '../../common/ports/cluster-writer.ts';
import type { SecretReader } from '../../common/ports/own-secrets.ts';
import { defineWatchPromises } from './cluster-watches.contract.ts';
import { createAdmin, type Admin } from './cluster-admin.ts';
import { desiredSecret, failureOf, uniqueName } from './cluster-adapter-values.ts';

export type ClusterToTest = { readonly kubeconfigPath: string };

/**
 * What the Kubernetes adapter promises on a real API server and on the simulator alike. Every test has a namespace of its
 * own, so that the server may be shared.
 */
export function defineClusterAdapterContract(name: string, connect: () => Promise<ClusterToTest>): void {
  describe(`the Kubernetes adapter on ${name}`, function () {
    this.timeout(60_000);
    const secretName = 'acr-credential-secret-aggregation';
    let client: ApiClient;
    let admin: Admin;
    let writer: ClusterWriter;
    let watcher: ClusterWatcher;
    let namespace: string;

    before(async () => {
      const { kubeconfigPath } = await connect();
      const connection = await resolveConnection({ kubeconfigPath });
      client = createApiClient({ connection, version: '0.0.0-test' });
      writer = createClusterWriter({ client, window: createRequestWindow() });
      watcher = createClusterWatcher({ client, limits: { pageSize: 2 } });
      admin = await createAdmin(connection);
    });

    after(async () => {
      await client?.close();
      await admin?.close();
    });

    beforeEach(async () => {
      namespace = uniqueName('adapter');
      await admin.createNamespace(namespace);
    });

    afterEach(() => admin.deleteNamespace(namespace));

    const fails = async (work: Promise<unknown>, code: FailureCode): Promise<void> => {
      assert.equal((await failureOf(work)).code, code);
    };

    describe('Secrets', () => {
      const first = desiredSecret(secretName, 'one');
      const second = desiredSecret(secretName, 'two');

      it('are created with type, content, label and annotations', async () => {
        await writer.createSecret(namespace, first, 'unserved');
        const { type, data, metadata } = await admin.readSecret(namespace, secretName);
        assert.equal(type, 'kubernetes.io/dockerconfigjson');
        assert.deepEqual(Object.keys(data), ['.dockerconfigjson']);
        assert.equal(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString(), first.dockerConfig.reveal());
        assert.deepEqual(metadata.labels, { 'app.kubernetes.io/managed-by': 'acr-credential-helper' });
        assert.deepEqual(metadata.annotations, {
          'acr-credential-helper/expires-at': '2026-11-24T08:00:00Z',
          'acr-credential-helper/version': 'version-one',
          'acr-credential-helper/sources':
            '[{"id":"0123456789abcdef","hosts":["one.example.com"],"discovered":false,"issuedAt":"2026-11-24T07:00:00Z","expiresAt":"2026-11-24T08:00:00Z"}]',
        });
      });

      it('are answered as a watch would see them', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        assert.deepEqual(await writer.readSecretMetadata(namespace, secretName, 'periodic'), created);
        assert.equal(created.namespace, namespace);
        assert.equal(created.managedBy, 'acr-credential-helper');
        assert.equal(created.version, 'version-one');
        assert.equal(created.ownsData, true);
      });

      it('of somebody else are not overwritten by a create', async () => {
        await admin.createDockerSecret(namespace, secretName, '{"auths":{}}');
        await fails(writer.createSecret(namespace, first, 'unserved'), 'kubernetes-conflict');
        const { data } = await admin.readSecret(namespace, secretName);
        assert.equal(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString(), '{"auths":{}}');
      });

      it('of somebody else and of another type are not overwritten by a create', async () => {
        await admin.createOpaqueSecret(namespace, secretName, { theirs: 'value' });
        const failure = await failureOf(writer.createSecret(namespace, first, 'unserved'));
        assert.ok(['kubernetes-conflict', 'kubernetes-unchangeable'].includes(failure.code), failure.code);
        assert.deepEqual(Object.keys((await admin.readSecret(namespace, secretName)).data), ['theirs']);
      });

      it('are rewritten in place', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        const rewritten = await writer.rewriteSecret(namespace, second, created, 'expiring');
        assert.equal(rewritten.uid, created.uid);
        assert.equal(rewritten.version, 'version-two');
        assert.equal(rewritten.ownsData, true);
        const { data } = await admin.readSecret(namespace, secretName);
        assert.equal(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString(), second.dockerConfig.reveal());
      });

      it('are not rewritten from a stale version', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        await writer.rewriteSecret(namespace, second, created, 'expiring');
        await fails(writer.rewriteSecret(namespace, first, created, 'expiring'), 'kubernetes-conflict');
      });

      it('made anew under the same name are not rewritten', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        await admin.deleteSecret(namespace, secretName);
        const again = await writer.createSecret(namespace, first, 'unserved');
        const mixed = { uid: created.uid, resourceVersion: again.resourceVersion };
        await fails(writer.rewriteSecret(namespace, second, mixed, 'expiring'), 'kubernetes-conflict');
      });

      it('that are gone are not rewritten', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        await admin.deleteSecret(namespace, secretName);
        await fails(writer.rewriteSecret(namespace, second, created, 'expiring'), 'kubernetes-not-found');
      });

      it('edited by somebody else are no longer ours', async () => {
        await writer.createSecret(namespace, first, 'unserved');
        await admin.editSecret(namespace, secretName, '{"auths":{}}');
        const edited = await writer.readSecretMetadata(namespace, secretName, 'drifted');
        assert.equal(edited?.ownsData, false);
      });

      it('edited by somebody else are taken back by a repair', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        const edited = await admin.editSecret(namespace, secretName, '{"auths":{}}');
        const repaired = await writer.repairSecret(namespace, first, { uid: created.uid, ...edited }, 'drifted');
        assert.equal(repaired.uid, created.uid);
        assert.equal(repaired.ownsData, true);
        const { data } = await admin.readSecret(namespace, secretName);
        assert.equal(Buffer.from(data['.dockerconfigjson'] ?? '', 'base64').toString(), first.dockerConfig.reveal());
      });

      it('are not repaired from a stale version', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        await admin.editSecret(namespace, secretName, '{"auths":{}}');
        await fails(writer.repairSecret(namespace, first, created, 'drifted'), 'kubernetes-conflict');
      });

      it('that are gone are not brought back by a repair', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        await admin.deleteSecret(namespace, secretName);
        await failureOf(writer.repairSecret(namespace, first, created, 'drifted'));
        assert.equal(await writer.readSecretMetadata(namespace, secretName, 'drifted'), undefined);
      });

      it('stay ours, without conflicts, over many rounds of rewriting, foreign edits and repairs', async () => {
        let current: ObservedSecret = await writer.createSecret(namespace, first, 'unserved');
        for (let round = 0; round < 3; round++) {
          const renewed = desiredSecret(secretName, `round-${round}`);
          current = await writer.rewriteSecret(namespace, renewed, current, 'expiring');
          assert.equal(current.ownsData, true, `after rewrite ${round}`);
          const edited = await admin.editSecret(namespace, secretName, `{"auths":{"edit":{}}}`);
          current = await writer.repairSecret(namespace, renewed, { uid: current.uid, ...edited }, 'drifted');
          assert.equal(current.ownsData, true, `after repair ${round}`);
          assert.equal(current.version, `version-round-${round}`);
        }
        const { metadata } = await admin.readSecret(namespace, secretName);
        const ours = metadata.managedFields.filter(({ manager }) => manager === 'acr-credential-helper');
        assert.ok(ours.length <= 2, `entries of our manager: ${ours.length}`);
      });

      it('that were repaired can be rewritten with the same content by a create of another process', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        const edited = await admin.editSecret(namespace, secretName, '{"auths":{}}');
        const repaired = await writer.repairSecret(namespace, first, { uid: created.uid, ...edited }, 'drifted');
        const again = await writer.createSecret(namespace, first, 'unserved');
        assert.equal(again.resourceVersion, repaired.resourceVersion);
      });

      it('that somebody made immutable are told from those that are not valid, and stay as they are', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        const { resourceVersion } = await admin.makeSecretImmutable(namespace, secretName);
        const at = { uid: created.uid, resourceVersion };
        await fails(writer.rewriteSecret(namespace, second, at, 'expiring'), 'kubernetes-unchangeable');
        await fails(writer.repairSecret(namespace, second, at, 'drifted'), 'kubernetes-unchangeable');
        assert.equal((await writer.readSecretMetadata(namespace, secretName, 'drifted'))?.version, 'version-one');
      });

      it('that somebody made anew with our label and another type cannot be repaired', async () => {
        const label = { 'app.kubernetes.io/managed-by': 'acr-credential-helper' };
        await admin.createOpaqueSecret(namespace, secretName, { theirs: 'value' }, label);
        const at = await writer.readSecretMetadata(namespace, secretName, 'drifted');
        assert.ok(at !== undefined);
        assert.deepEqual([at.managedBy, at.ownsData], ['acr-credential-helper', false]);
        await fails(writer.repairSecret(namespace, first, at, 'drifted'), 'kubernetes-unchangeable');
      });

      it('are deleted at the version that was seen', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        await writer.deleteSecret(namespace, secretName, created, 'drifted');
        assert.equal(await writer.readSecretMetadata(namespace, secretName, 'drifted'), undefined);
      });

      it('that changed since are not deleted', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        await admin.editSecret(namespace, secretName, '{"auths":{}}');
        await fails(writer.deleteSecret(namespace, secretName, created, 'drifted'), 'kubernetes-conflict');
      });

      it('that are gone count as deleted', async () => {
        const created = await writer.createSecret(namespace, first, 'unserved');
        await admin.deleteSecret(namespace, secretName);
        await writer.deleteSecret(namespace, secretName, created, 'drifted');
      });

      it('cannot be created in a namespace that is gone', async () => {
        await fails(writer.createSecret(`${namespace}-gone`, first, 'unserved'), 'kubernetes-not-found');
      });

      it('cannot be created in a namespace that is being deleted', async () => {
        const terminating = uniqueName('terminating');
        await admin.createTerminatingNamespace(terminating);
        try {
          await fails(writer.createSecret(terminating, first, 'unserved'), 'kubernetes-namespace-terminating');
        } finally {
          await admin.releaseNamespace(terminating);
        }
      });

      it('are refused with a reason when they are not valid, without showing their content', async () => {
        const invalid = { ...first, name: 'Not_A_Name' };
        const failure = await failureOf(writer.createSecret(namespace, invalid, 'unserved'));
        assert.equal(failure.code, 'kubernetes-invalid');
        assert.match(failure.message, /Not_A_Name/);
        assert.doesNotMatch(failure.message, /password/);
      });
    });

    describe('pull secrets of a ServiceAccount', () => {
      const account = async (pullSecrets?: readonly string[]): Promise<ObservedAccount> => {
        await admin.createAccount(namespace, 'builder', pullSecrets);
        const observed = await writer.readAccount(namespace, 'builder', 'unserved');
        assert.ok(observed);
        return observed;
      };

      it('are added to an account that has none', async () => {
        const attached = await writer.attach(await account(), ['ours'], 'unserved');
        assert.deepEqual(attached.pullSecrets, ['ours']);
        assert.deepEqual(await writer.readAccount(namespace, 'builder', 'periodic'), attached);
      });

      it('are appended to those of others', async () => {
        const attached = await writer.attach(await account(['theirs', 'more']), ['ours', 'ours-1'], 'unserved');
        assert.deepEqual(attached.pullSecrets, ['theirs', 'more', 'ours', 'ours-1']);
      });

      it('are not added twice, and nothing is sent when nothing is missing', async () => {
        const before = await account(['theirs', 'ours']);
        assert.equal(await writer.attach(before, ['ours'], 'unserved'), before);
      });

      it('are not added from a stale version', async () => {
        const stale = await account();
        await admin.setPullSecrets(namespace, 'builder', ['theirs']);
        await fails(writer.attach(stale, ['ours'], 'unserved'), 'kubernetes-conflict');
        assert.deepEqual((await writer.readAccount(namespace, 'builder', 'unserved'))?.pullSecrets, ['theirs']);
      });

      it('are not added to an account that was made anew under the same name', async () => {
        const old = await account();
        await admin.deleteAccount(namespace, 'builder');
        const again = await account();
        const mixed = { ...again, uid: old.uid };
        await fails(writer.attach(mixed, ['ours'], 'unserved'), 'kubernetes-conflict');
      });

      it('are not added to an account that is gone', async () => {
        const old = await account();
        await admin.deleteAccount(namespace, 'builder');
        await fails(writer.attach(old, ['ours'], 'unserved'), 'kubernetes-not-found');
      });

      it('are taken out from among those of others, whose order stays', async () => {
        const before = await account(['ours', 'a', 'ours-1', 'b', 'ours']);
        const detached = await writer.detach(before, ['ours', 'ours-1'], 'drifted');
        assert.deepEqual(detached.pullSecrets, ['a', 'b']);
      });

      it('leave no empty list behind', async () => {
        const detached = await writer.detach(await account(['ours']), ['ours'], 'drifted');
        assert.deepEqual(detached.pullSecrets, []);
        assert.equal(await admin.hasPullSecretsField(namespace, 'builder'), false);
        const attached = await writer.attach(detached, ['ours'], 'unserved');
        assert.deepEqual(attached.pullSecrets, ['ours']);
      });

      it('are not taken out from a stale version', async () => {
        const stale = await account(['ours', 'theirs']);
        await admin.setPullSecrets(namespace, 'builder', ['theirs', 'ours']);
        await fails(writer.detach(stale, ['ours'], 'drifted'), 'kubernetes-conflict');
      });
    });

    describe('reads', () => {
      it('of a namespace tell labels, opt-out and state', async () => {
        await admin.annotateNamespace(namespace, { 'acr-credential-helper/ignore': 'true' });
        const observed = await writer.readNamespace(namespace, 'periodic');
        assert.equal(observed?.ignored, true);
        assert.equal(observed.terminating, false);
        assert.equal(observed.labels['kubernetes.io/metadata.name'], namespace);
        assert.ok(observed.createdAt > Date.parse('2020-01-01'));
      });

      it('answer nothing for what is not there', async () => {
        assert.equal(await writer.readNamespace(`${namespace}-gone`, 'periodic'), undefined);
        assert.equal(await writer.readAccount(namespace, 'gone', 'periodic'), undefined);
        assert.equal(await writer.readSecretMetadata(namespace, 'gone', 'periodic'), undefined);
      });

      it('of a Secret that the configuration names give its values', async () => {
        const reader: SecretReader = createSecretReader({ client, namespace });
        await admin.createOpaqueSecret(namespace, 'pair', { 'access-key-id': 'id', 'access-key-secret': 'hüsh' });
        const values = await reader.readSecret('pair');
        assert.equal(values?.get('access-key-secret')?.reveal(), 'hüsh');
        assert.equal(await reader.readSecret('other'), undefined);
      });
    });

    defineWatchPromises(() => ({ admin, writer, watcher, namespace }));
  });
}
