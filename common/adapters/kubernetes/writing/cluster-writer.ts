import type { DesiredSecret } from '../../../domain/namespaces/desired-secret.ts';
import { Failure } from '../../../domain/failure.ts';
import type { ObservedAccount, ObservedSecret } from '../../../domain/namespaces/observation.ts';
import type { Urgency } from '../../../domain/urgency.ts';
import type { ClusterWriter, ObjectVersion } from '../../../ports/cluster-writer.ts';
import type { ApiClient, ApiRequest } from '../requests/api-client.ts';
import { accepts, accountPath, namespacePath, secretPath } from '../requests/api-paths.ts';
import { attachPatch, detachPatch } from './json-patches.ts';
import { asObject, type KubernetesObject } from '../kubernetes-object.ts';
import { fieldManager } from '../object-names.ts';
import { createProjections } from '../watching/projections.ts';
import type { RequestWindow } from '../requests/request-window.ts';
import { createSecretBodies } from './secret-body.ts';

export type ClusterWriterOptions = { readonly client: ApiClient; readonly window: RequestWindow };

/**
 * The port `ClusterWriter`: each method is one request that waits for its turn in the window.
 *
 * `attach` and `detach` make no request when there is nothing to change, and answer with the account as given.
 * `deleteSecret` counts a Secret that is gone already as deleted.
 */
export function createClusterWriter({ client, window }: ClusterWriterOptions): ClusterWriter {
  const bodies = createSecretBodies();
  const project = createProjections();

  const send = async (urgency: Urgency, request: ApiRequest): Promise<KubernetesObject> => {
    const answer = await window.run(urgency, () => client.request(request));
    return asObject(answer, `${request.resource} ${request.object}`);
  };

  const read = async (urgency: Urgency, request: ApiRequest): Promise<KubernetesObject | undefined> => {
    try {
      return await send(urgency, request);
    } catch (error) {
      if (error instanceof Failure && error.code === 'kubernetes-not-found') return undefined;
      throw error;
    }
  };

  const applySecret = async (
    namespace: string,
    secret: DesiredSecret,
    at: ObjectVersion | undefined,
    urgency: Urgency,
  ): Promise<ObservedSecret> => {
    const object = await send(urgency, {
      verb: 'apply',
      resource: 'secrets',
      object: `${namespace}/${secret.name}`,
      path: `${secretPath(namespace, secret.name)}?${managed}&force=${at !== undefined}`,
      accept: accepts.metadata,
      contentType: 'application/apply-patch+yaml',
      body: bodies.apply(secret, at),
    });
    return project.secret(object);
  };

  const patchAccount = async (
    account: ObservedAccount,
    patch: string | undefined,
    urgency: Urgency,
  ): Promise<ObservedAccount> => {
    if (patch === undefined) return account;
    const object = await send(urgency, {
      verb: 'patch',
      resource: 'serviceaccounts',
      object: `${account.namespace}/${account.name}`,
      path: `${accountPath(account.namespace, account.name)}?${managed}`,
      accept: accepts.full,
      contentType: 'application/json-patch+json',
      body: patch,
    });
    return project.account(object);
  };

  return {
    createSecret: (namespace, secret, urgency) => applySecret(namespace, secret, undefined, urgency),
    repairSecret: applySecret,
    async rewriteSecret(namespace, secret, at, urgency) {
      const object = await send(urgency, {
        verb: 'patch',
        resource: 'secrets',
        object: `${namespace}/${secret.name}`,
        path: `${secretPath(namespace, secret.name)}?${managed}`,
        accept: accepts.metadata,
        contentType: 'application/merge-patch+json',
        body: bodies.merge(secret, at),
      });
      return project.secret(object);
    },
    async deleteSecret(namespace, name, { uid, resourceVersion }, urgency) {
      const preconditions = { uid, resourceVersion };
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions };
      const request: ApiRequest = {
        verb: 'delete',
        resource: 'secrets',
        object: `${namespace}/${name}`,
        path: secretPath(namespace, name),
        accept: accepts.metadata,
        contentType: 'application/json',
        body: JSON.stringify(body),
      };
      await window.run(urgency, () => client.request(request)).catch(ignoreNotFound);
    },
    attach: (account, names, urgency) => patchAccount(account, attachPatch(account, names), urgency),
    detach: (account, names, urgency) => patchAccount(account, detachPatch(account, names), urgency),
    async readNamespace(name, urgency) {
      const path = namespacePath(name);
      const object = await read(urgency, {
        verb: 'get',
        resource: 'namespaces',
        object: name,
        path,
        accept: accepts.metadata,
      });
      return object && project.namespace(object);
    },
    async readAccount(namespace, name, urgency) {
      const object = await read(urgency, {
        verb: 'get',
        resource: 'serviceaccounts',
        object: `${namespace}/${name}`,
        path: accountPath(namespace, name),
        accept: accepts.full,
      });
      return object && project.account(object);
    },
    async readSecretMetadata(namespace, name, urgency) {
      const object = await read(urgency, {
        verb: 'get',
        resource: 'secrets',
        object: `${namespace}/${name}`,
        path: secretPath(namespace, name),
        accept: accepts.metadata,
      });
      return object && project.secret(object);
    },
  };
}

const managed = `fieldManager=${fieldManager}`;

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Failure) || error.code !== 'kubernetes-not-found') throw error;
}
