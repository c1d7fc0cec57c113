import type { ObservedAccount, ObservedChange } from '../../../domain/namespaces/observation.ts';
import type { Clock, Random } from '../../../ports/clock.ts';
import type {
  ClusterWatcher,
  ObservedConfigMap,
  ObservedPod,
  ObservedVersion,
  WatchEvent,
} from '../../../ports/cluster-watcher.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { configMapsPath, secretsPath } from '../requests/api-paths.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { ListWatchSpec } from './list-watch-spec.ts';
import { listAndWatch } from './list-watch.ts';
import { projectHungPod } from './project-pod.ts';
import { createProjections, type Projections } from './projections.ts';
import type { RequestWindow } from '../requests/request-window.ts';
import { watchLimits, type WatchLimits, type WatchObserver, type WatchTools } from './watch-tools.ts';

export type ClusterWatcherOptions = {
  readonly client: ApiClient;
  readonly window?: RequestWindow | undefined;
  readonly observer?: WatchObserver | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** Changes to the limits; the defaults are `watchLimits`. */
  readonly limits?: Partial<WatchLimits> | undefined;
};

/** The port `ClusterWatcher` on list-watch: five resources, projected as they arrive. */
export function createClusterWatcher(options: ClusterWatcherOptions): ClusterWatcher {
  const tools: WatchTools = {
    client: options.client,
    window: options.window,
    observer: options.observer ?? {},
    clock: options.clock ?? Date.now,
    random: options.random ?? Math.random,
    limits: { ...watchLimits, ...options.limits },
  };
  const project = createProjections();
  return {
    watchNamespaces: (signal, beforeList) => listAndWatch(namespaces(project), tools, signal, beforeList),
    watchAccounts: (signal, beforeList) => listAndWatch(accounts(project), tools, signal, beforeList),
    watchSecrets: (name, signal, beforeList) => listAndWatch(secrets(project, name), tools, signal, beforeList),
    watchPods: (signal) => listAndWatch(pods(), tools, signal),
    watchSecretVersion: (namespace, name, signal) => listAndWatch(secretVersion(namespace, name), tools, signal),
    watchConfigMap: (namespace, name, signal) =>
      withAbsence(listAndWatch(configMap(project, namespace, name), tools, signal)),
  };
}

function namespaces(project: Projections): ListWatchSpec<ObservedChange> {
  const change = ({ metadata }: KubernetesObject) =>
    ({ kind: 'namespace', namespace: metadata.name, resourceVersion: metadata.resourceVersion }) as const;
  return {
    resource: 'namespaces',
    path: '/api/v1/namespaces',
    // A namespace that is going shows it by metadata.deletionTimestamp: its status is not needed.
    metadataOnly: true,
    keyOf: ({ metadata }) => metadata.name,
    project: (object) => ({ ...change(object), state: project.namespace(object) }),
    projectAdded: (object, seenAt) => ({ ...change(object), state: { ...project.namespace(object), seenAt } }),
    projectDeleted: change,
  };
}

function accounts(project: Projections): ListWatchSpec<ObservedChange> {
  const change = (state: ObservedAccount): ObservedChange => {
    const { namespace, name, resourceVersion } = state;
    return { kind: 'account', namespace, name, resourceVersion, state };
  };
  return {
    resource: 'serviceaccounts',
    path: '/api/v1/serviceaccounts',
    metadataOnly: false,
    keyOf: namespacedKey,
    project: (object) => change(project.account(object)),
    projectAdded: (object, seenAt) => change({ ...project.account(object), seenAt }),
    projectDeleted: (object) => ({ kind: 'account', ...namesOf(object) }),
  };
}

function secrets(project: Projections, name: string): ListWatchSpec<ObservedChange> {
  return {
    resource: 'secrets',
    path: '/api/v1/secrets',
    fieldSelector: `metadata.name=${name}`,
    metadataOnly: true,
    keyOf: namespacedKey,
    project(object) {
      const state = project.secret(object);
      const { namespace, resourceVersion } = state;
      return { kind: 'secret', namespace, name: state.name, resourceVersion, state };
    },
    projectDeleted: (object) => ({ kind: 'secret', ...namesOf(object) }),
  };
}

function pods(): ListWatchSpec<ObservedPod> {
  const gone = ({ metadata }: KubernetesObject): ObservedPod => ({
    namespace: metadata.namespace ?? '',
    name: metadata.name,
  });
  return {
    resource: 'pods',
    path: '/api/v1/pods',
    // A pod that waits for its first images. Once it has started it leaves the selection, and counts as gone.
    fieldSelector: 'status.phase=Pending',
    metadataOnly: false,
    keyOf: namespacedKey,
    project: (object) => ({ ...gone(object), hung: projectHungPod(object) }),
    projectDeleted: gone,
  };
}

function secretVersion(namespace: string, name: string): ListWatchSpec<ObservedVersion> {
  return {
    resource: 'secrets',
    path: secretsPath(namespace),
    fieldSelector: `metadata.name=${name}`,
    metadataOnly: true,
    keyOf: namespacedKey,
    project: ({ metadata }) => ({ resourceVersion: metadata.resourceVersion }),
    projectDeleted: () => ({}),
  };
}

function configMap(project: Projections, namespace: string, name: string): ListWatchSpec<ObservedConfigMap> {
  return {
    resource: 'configmaps',
    path: configMapsPath(namespace),
    fieldSelector: `metadata.name=${name}`,
    metadataOnly: false,
    keyOf: namespacedKey,
    project: (object) => project.configMap(object),
    projectDeleted: ({ metadata }) => ({ resourceVersion: metadata.resourceVersion }),
  };
}

/** Says of an empty list that the object is not there. */
async function* withAbsence(
  events: AsyncIterable<WatchEvent<ObservedConfigMap>>,
): AsyncGenerator<WatchEvent<ObservedConfigMap>> {
  for await (const event of events) {
    if (event.type === 'listed' && event.keys.size === 0) {
      const { resourceVersion } = event;
      yield { type: 'page', items: [{ resourceVersion }], resourceVersion };
    }
    yield event;
  }
}

function namespacedKey({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function namesOf({ metadata }: KubernetesObject) {
  return { namespace: metadata.namespace ?? '', name: metadata.name, resourceVersion: metadata.resourceVersion };
}
