import { Failure } from '../../../domain/failure.ts';
import type { PodEvictor } from '../../../ports/cluster-writer.ts';
import { asObject } from '../kubernetes-object.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { accepts, podPath } from '../requests/api-paths.ts';
import type { RequestWindow } from '../requests/request-window.ts';
import { projectHungPod } from '../watching/project-pod.ts';

/** The port `PodEvictor`: each method is one request that waits for its turn in the window. Throws `Failure`. */
export function createPodEvictor({
  client,
  window,
}: {
  readonly client: ApiClient;
  readonly window: RequestWindow;
}): PodEvictor {
  return {
    async readHungPod(namespace, name, urgency) {
      const object = `${namespace}/${name}`;
      const path = podPath(namespace, name);
      try {
        const answer = await window.run(urgency, () =>
          client.request({ verb: 'get', resource: 'pods', object, path, accept: accepts.full }),
        );
        return projectHungPod(asObject(answer, `pods ${object}`));
      } catch (error) {
        if (error instanceof Failure && error.code === 'kubernetes-not-found') return undefined;
        throw error;
      }
    },
    async evict({ namespace, name, uid, resourceVersion }, urgency) {
      const body = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { namespace, name },
        // A pod that has begun to run since, or another one of this name, stays.
        deleteOptions: { preconditions: { uid, resourceVersion } },
      };
      await window.run(urgency, () =>
        client.request({
          verb: 'create',
          resource: 'pods/eviction',
          object: `${namespace}/${name}`,
          path: `${podPath(namespace, name)}/eviction`,
          accept: accepts.full,
          contentType: 'application/json',
          body: JSON.stringify(body),
        }),
      );
    },
  };
}
