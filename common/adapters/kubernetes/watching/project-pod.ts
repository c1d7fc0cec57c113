import type { HungPod, PodController } from '../../../domain/pods/hung-pod.ts';
import type { KubernetesObject, ObjectMetadata, PodStatus } from '../kubernetes-object.ts';
import { ignoreAnnotation } from '../object-names.ts';

/** What is kept of a pod that waits for an image it could not pull; `undefined` for any other pod, of which nothing is. */
export function projectHungPod({ metadata, spec, status }: KubernetesObject): HungPod | undefined {
  const waiting = containersThatCannotPull(status);
  if (waiting.length === 0) return undefined;
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const imageOf = new Map(containers.map(({ name, image }) => [name, image ?? '']));
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    account: spec?.serviceAccountName ?? 'default',
    createdAt: metadata.creationTimestamp === undefined ? 0 : Date.parse(metadata.creationTimestamp),
    terminating: metadata.deletionTimestamp !== undefined,
    ignored: metadata.annotations?.[ignoreAnnotation] === 'true',
    isMirror: metadata.annotations?.[mirrorAnnotation] !== undefined,
    controller: controllerOf(metadata),
    pullSecrets: (spec?.imagePullSecrets ?? []).flatMap(({ name }) => name ?? []),
    images: [...new Set(waiting.map((name) => imageOf.get(name) ?? ''))],
  };
}

/** Names of the containers whose image could not be pulled. */
export function containersThatCannotPull(status: PodStatus | undefined): readonly string[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
    .filter(({ state }) => pullReasons.has(state?.waiting?.reason ?? ''))
    .map(({ name }) => name);
}

/** Source: kubelet, `pkg/kubelet/images/types.go`. */
const pullReasons: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff']);

/** Source: Kubernetes, "Well-Known Labels, Annotations and Taints". */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

function controllerOf({ ownerReferences }: ObjectMetadata): PodController | undefined {
  const found = ownerReferences?.find(({ controller }) => controller === true);
  return found === undefined ? undefined : { kind: found.kind, name: found.name, uid: found.uid };
}
