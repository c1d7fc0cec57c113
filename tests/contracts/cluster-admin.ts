import assert from 'node:assert/strict';

import { Pool } from 'undici';

import type { KubernetesConnection } from '../../common/adapters/kubernetes/connection/kubernetes-connection.ts';
import { createConnector } from '../../common/adapters/kubernetes/connection/connector.ts';

/** Somebody else in the cluster, who writes without the adapter under test. */
export type Admin = Awaited<ReturnType<typeof createAdmin>>;

type SecretAsRead = {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields: readonly { readonly manager: string; readonly operation: string }[];
  };
};

type AccountAsRead = {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string };
};

export async function createAdmin(connection: KubernetesConnection) {
  const pool = new Pool(connection.baseUrl, { connect: createConnector(connection), connections: 4 });
  const headers = await connection.headers();

  const ask = async (
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    type = json,
  ) => {
    const answer = await pool.request({
      method,
      path,
      headers: { ...headers, accept: 'application/json', 'content-type': type, 'user-agent': 'somebody-else' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    assert.ok(answer.statusCode < 300, `${method} ${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text) as unknown;
  };

  const inside = (namespace: string, resource: string, name = '') =>
    `/api/v1/namespaces/${namespace}/${resource}${name === '' ? '' : `/${name}`}`;
  const references = (names: readonly string[]) => names.map((name) => ({ name }));

  return {
    close: () => pool.close(),
    createNamespace: (name: string) => ask('POST', '/api/v1/namespaces', { metadata: { name } }),
    deleteNamespace: (name: string) => ask('DELETE', `/api/v1/namespaces/${name}`),
    annotateNamespace: (name: string, annotations: Readonly<Record<string, string>>) =>
      ask('PATCH', `/api/v1/namespaces/${name}`, { metadata: { annotations } }, mergePatch),
    /** A namespace that stays Terminating, because something in it has a finalizer. */
    async createTerminatingNamespace(name: string) {
      await ask('POST', '/api/v1/namespaces', { metadata: { name } });
      const metadata = { name: 'blocker', finalizers: ['example.com/hold'] };
      await ask('POST', inside(name, 'configmaps'), { metadata });
      await ask('DELETE', `/api/v1/namespaces/${name}`);
    },
    releaseNamespace: (name: string) =>
      ask('PATCH', inside(name, 'configmaps', 'blocker'), { metadata: { finalizers: null } }, mergePatch),
    readSecret: async (namespace: string, name: string) =>
      (await ask('GET', inside(namespace, 'secrets', name))) as SecretAsRead,
    createDockerSecret: (namespace: string, name: string, text: string) =>
      ask('POST', inside(namespace, 'secrets'), {
        metadata: { name },
        type: 'kubernetes.io/dockerconfigjson',
        stringData: { '.dockerconfigjson': text },
      }),
    createOpaqueSecret: (
      namespace: string,
      name: string,
      stringData: Readonly<Record<string, string>>,
      labels: Readonly<Record<string, string>> = {},
    ) => ask('POST', inside(namespace, 'secrets'), { metadata: { name, labels }, stringData }),
    async makeSecretImmutable(namespace: string, name: string): Promise<{ readonly resourceVersion: string }> {
      const changed = (await ask(
        'PATCH',
        inside(namespace, 'secrets', name),
        { immutable: true },
        mergePatch,
      )) as SecretAsRead;
      return { resourceVersion: changed.metadata.resourceVersion };
    },
    /** Changes the content; answers with the new version. */
    async editSecret(namespace: string, name: string, text: string): Promise<{ readonly resourceVersion: string }> {
      const data = { '.dockerconfigjson': Buffer.from(text).toString('base64') };
      const edited = (await ask('PATCH', inside(namespace, 'secrets', name), { data }, mergePatch)) as SecretAsRead;
      return { resourceVersion: edited.metadata.resourceVersion };
    },
    deleteSecret: (namespace: string, name: string) => ask('DELETE', inside(namespace, 'secrets', name)),
    createAccount: (namespace: string, name: string, pullSecrets?: readonly string[]) =>
      ask('POST', inside(namespace, 'serviceaccounts'), {
        metadata: { name },
        ...(pullSecrets === undefined ? {} : { imagePullSecrets: references(pullSecrets) }),
      }),
    setPullSecrets: (namespace: string, name: string, pullSecrets: readonly string[]) =>
      ask(
        'PATCH',
        inside(namespace, 'serviceaccounts', name),
        { imagePullSecrets: references(pullSecrets) },
        mergePatch,
      ),
    async hasPullSecretsField(namespace: string, name: string) {
      const account = (await ask('GET', inside(namespace, 'serviceaccounts', name))) as object;
      return 'imagePullSecrets' in account;
    },
    /** Version of each ServiceAccount of the cluster, by `namespace/name`. */
    async accountVersions(): Promise<ReadonlyMap<string, string>> {
      const list = (await ask('GET', '/api/v1/serviceaccounts')) as { readonly items: readonly AccountAsRead[] };
      return new Map(list.items.map(({ metadata: m }) => [`${m.namespace}/${m.name}`, m.resourceVersion]));
    },
    deleteAccount: (namespace: string, name: string) => ask('DELETE', inside(namespace, 'serviceaccounts', name)),
    createConfigMap: (namespace: string, name: string, data: Readonly<Record<string, string>>) =>
      ask('POST', inside(namespace, 'configmaps'), { metadata: { name }, data }),
    /** The rights of the helper's chart: a Secret of this name in every namespace. */
    async grantSecretByName(namespace: string, account: string, secret: string) {
      const verbs = ['get', 'list', 'watch', 'create', 'patch', 'delete'];
      const rules = [{ apiGroups: [''], resources: ['secrets'], resourceNames: [secret], verbs }];
      await ask('POST', `${rbac}/clusterroles`, { metadata: { name: namespace }, rules });
      await ask('POST', `${rbac}/clusterrolebindings`, {
        metadata: { name: namespace },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: namespace },
        subjects: [{ kind: 'ServiceAccount', name: account, namespace }],
      });
    },
    deleteConfigMap: (namespace: string, name: string) => ask('DELETE', inside(namespace, 'configmaps', name)),
  };
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const json = 'application/json';
const mergePatch = 'application/merge-patch+json';
