import { Failure } from '../../domain/failure.ts';
import type { AccessRight, ClusterReader, PullingPod } from '../../ports/cluster-reader.ts';
import { connectionFailure } from './connection/connection-failure.ts';
import { asList, asObject, type KubernetesObject } from './kubernetes-object.ts';
import { fieldManager } from './object-names.ts';
import type { ApiClient, ApiRequest } from './requests/api-client.ts';
import { answerFailure, type ApiCall } from './requests/api-failure.ts';
import type { OpenStream, StreamEnd } from './requests/http-stream.ts';
import { accepts, configMapsPath, namespacePath, secretsPath } from './requests/api-paths.ts';
import { containersThatCannotPull } from './watching/project-pod.ts';
import { createProjections } from './watching/projections.ts';

/** The port `ClusterReader`: plain reads without a window, since a person asks once. */
export function createClusterReader(client: Pick<ApiClient, 'baseUrl' | 'request' | 'watch'>): ClusterReader {
  const project = createProjections();

  const get = async (request: Omit<ApiRequest, 'verb'>): Promise<KubernetesObject | undefined> => {
    try {
      return asObject(await client.request({ ...request, verb: 'get' }), `${request.resource} ${request.object}`);
    } catch (error) {
      if (error instanceof Failure && error.code === 'kubernetes-not-found') return undefined;
      throw error;
    }
  };

  const list = async (request: Omit<ApiRequest, 'verb'>): Promise<readonly KubernetesObject[]> =>
    asList(await client.request({ ...request, verb: 'list' }), `the list of ${request.resource}`).items;

  const readSecrets = async (namespace: string, names: readonly string[]): Promise<readonly KubernetesObject[]> => {
    const found = await Promise.all(
      names.map((name) => {
        const query = new URLSearchParams({ fieldSelector: `metadata.name=${name}` }).toString();
        const path = `${secretsPath(namespace)}?${query}`;
        return list({ resource: 'secrets', object: namespace, path, accept: accepts.metadataList });
      }),
    );
    return found.flat();
  };

  return {
    async readConfigMap(namespace, name) {
      // By a list: whoever runs under the helper's own account may list and watch this one, and need not `get` it.
      const query = new URLSearchParams({ fieldSelector: `metadata.name=${name}` }).toString();
      const path = `${configMapsPath(namespace)}?${query}`;
      const [object] = await list({
        resource: 'configmaps',
        object: `${namespace}/${name}`,
        path,
        accept: accepts.full,
      });
      return object && project.configMap(object);
    },
    async readNamespace(name, secretNames) {
      const path = namespacePath(name);
      const [namespace, accounts, secrets] = await Promise.all([
        get({ resource: 'namespaces', object: name, path, accept: accepts.metadata }),
        list({ resource: 'serviceaccounts', object: name, path: `${path}/serviceaccounts`, accept: accepts.full }),
        readSecrets(name, secretNames),
      ]);
      const observation = {
        name,
        ...(namespace === undefined ? {} : { namespace: project.namespace(namespace) }),
        accounts: accounts.map((object) => project.account(object)),
        secrets: secrets.map((object) => project.secret(object)),
      };
      return {
        observation,
        writtenAt: new Map([
          ...accounts.flatMap((object) => writtenByUs('ServiceAccount', object)),
          ...secrets.flatMap((object) => writtenByUs('Secret', object)),
        ]),
      };
    },
    async readPods(namespace) {
      const path = `${namespacePath(namespace)}/pods?limit=500`;
      const pods = await list({ resource: 'pods', object: namespace, path, accept: accepts.full });
      return pods.map((pod) => toPod(pod));
    },
    async isAllowed(right: AccessRight) {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: right },
      };
      const answer = (await client.request({
        verb: 'create',
        resource: 'selfsubjectaccessreviews',
        object: `${right.verb} ${right.resource}`,
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        accept: accepts.full,
        contentType: 'application/json',
        body: JSON.stringify(body),
      })) as { readonly status?: { readonly allowed?: unknown } } | null;
      return answer?.status?.allowed === true;
    },
    async probeWatch(namespace, name) {
      const query = new URLSearchParams({ watch: 'true', fieldSelector: `metadata.name=${name}` }).toString();
      const call = { verb: 'watch', resource: 'configmaps', object: `${namespace}/${name}` } as const;
      const path = `${configMapsPath(namespace)}?${query}`;
      let stream: OpenStream | undefined;
      await new Promise<void>((resolve, reject) => {
        const sink = {
          started: resolve,
          data: () => undefined,
          ended: (end: StreamEnd) => reject(watchFailure(client.baseUrl, call, end)),
        };
        client.watch({ ...call, path, accept: accepts.full }, sink).then((opened) => (stream = opened), reject);
      });
      stream?.cut(new Error('seen enough'));
    },
  };
}

function watchFailure(baseUrl: string, call: ApiCall, end: StreamEnd): Failure {
  if (end.kind === 'cut') return connectionFailure(baseUrl, end.error);
  if (end.kind === 'complete') return new Failure('kubernetes-error', 'the watch ended before it began');
  const { status, body, retryAfter } = end;
  return answerFailure(call, { status, body, retryAfter });
}

function writtenByUs(kind: string, { metadata }: KubernetesObject): readonly (readonly [string, number])[] {
  const times = (metadata.managedFields ?? []).flatMap(({ manager, time }) =>
    manager === fieldManager && time !== undefined ? [Date.parse(time)] : [],
  );
  return times.length === 0 ? [] : [[`${kind} ${metadata.name}`, Math.max(...times)]];
}

function toPod({ metadata, spec, status }: KubernetesObject): PullingPod {
  return {
    name: metadata.name,
    account: spec?.serviceAccountName ?? 'default',
    pullSecrets: (spec?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []),
    images: [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].flatMap(({ image }) => image ?? []),
    cannotPull: containersThatCannotPull(status).length > 0,
  };
}
