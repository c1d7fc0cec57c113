import assert from 'node:assert/strict';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { projectHungPod } from './project-pod.ts';

const metadata = {
  namespace: 'shop',
  name: 'web-1',
  uid: 'pod-uid',
  resourceVersion: '20',
  creationTimestamp: '2026-11-24T07:00:00Z',
  ownerReferences: [
    { kind: 'ConfigMap', name: 'by-the-way', uid: 'cm' },
    { kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true },
  ],
};
const spec = {
  serviceAccountName: 'web',
  imagePullSecrets: [{ name: 'theirs' }],
  initContainers: [{ name: 'init', image: 'a.io/init' }],
  containers: [
    { name: 'web', image: 'a.io/web' },
    { name: 'side', image: 'a.io/side' },
  ],
};

function waiting(name: string, reason: string) {
  return { name, state: { waiting: { reason } } };
}

function pod(parts: Partial<KubernetesObject> = {}): KubernetesObject {
  const status = { containerStatuses: [waiting('web', 'ImagePullBackOff'), waiting('side', 'ContainerCreating')] };
  return { metadata, spec, status, ...parts };
}

describe('what is kept of a pod that hangs', () => {
  it('is what a repair is decided by', () => {
    assert.deepEqual(projectHungPod(pod()), {
      namespace: 'shop',
      name: 'web-1',
      uid: 'pod-uid',
      resourceVersion: '20',
      account: 'web',
      createdAt: Date.parse('2026-11-24T07:00:00Z'),
      terminating: false,
      ignored: false,
      isMirror: false,
      controller: { kind: 'ReplicaSet', name: 'web', uid: 'rs' },
      pullSecrets: ['theirs'],
      images: ['a.io/web'],
    });
  });

  it('names the images of init containers too', () => {
    const initContainerStatuses = [waiting('init', 'ErrImagePull')];
    assert.deepEqual(projectHungPod(pod({ status: { initContainerStatuses } }))?.images, ['a.io/init']);
  });

  it('tells what keeps it from being evicted', () => {
    const annotations = { 'acr-credential-helper/ignore': 'true', 'kubernetes.io/config.mirror': 'x' };
    const changed = { ...metadata, annotations, deletionTimestamp: '2026-11-24T08:00:00Z', ownerReferences: [] };
    const { terminating, ignored, isMirror, controller } = projectHungPod(pod({ metadata: changed })) ?? {};
    assert.deepEqual([terminating, ignored, isMirror, controller], [true, true, true, undefined]);
  });

  it('is nothing when the pod waits for something else, or for nothing', () => {
    const creating = { containerStatuses: [waiting('web', 'ContainerCreating')] };
    for (const status of [creating, { containerStatuses: [{ name: 'web', state: {} }] }, {}, undefined])
      assert.equal(projectHungPod(pod({ status })), undefined);
  });

  it('is complete for a pod with nothing in it', () => {
    const status = { containerStatuses: [waiting('web', 'ErrImagePull')] };
    const found = projectHungPod({ metadata: { name: 'a', uid: 'b', resourceVersion: '1' }, status });
    assert.deepEqual([found?.account, found?.pullSecrets, found?.createdAt], ['default', [], 0]);
  });
});
