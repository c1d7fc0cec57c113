import * as z from 'zod';
import { Failure } from '../../../domain/failure.ts';
import type { LastGoodStore } from '../../../ports.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { accepts, secretPath } from '../requests/api-paths.ts';
import { asObject } from '../kubernetes-object.ts';
import { fieldManager, managedByLabel, managedByValue } from '../object-names.ts';

/** In a Secret of our own, because a configuration may hold a key pair. */
export const lastGoodSecretName = 'acr-credential-helper-last-good';

/** The port `LastGoodStore` on a Secret in the helper's namespace. Throws `Failure`. */
export function createLastGoodStore(client: ApiClient, namespace: string): LastGoodStore {
  const request = {
    resource: 'secrets',
    object: `${namespace}/${lastGoodSecretName}`,
    path: secretPath(namespace, lastGoodSecretName),
  } as const;
  return {
    async read() {
      try {
        const { data } = asObject(
          await client.request({ ...request, verb: 'get', accept: accepts.full }),
          'the last good configuration',
        );
        return parse(data?.[key]);
      } catch (error) {
        if (error instanceof Failure && error.code === 'kubernetes-not-found') return undefined;
        throw error;
      }
    },
    async write(lastGood) {
      await client.request({
        ...request,
        verb: 'apply',
        path: `${request.path}?fieldManager=${fieldManager}&force=true`,
        accept: accepts.metadata,
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify({
          apiVersion: 'v1',
          kind: 'Secret',
          type: 'Opaque',
          metadata: { name: lastGoodSecretName, labels: { [managedByLabel]: managedByValue } },
          data: { [key]: Buffer.from(JSON.stringify(lastGood)).toString('base64') },
        }),
      });
    },
  };
}

const key = 'configuration.json';

const shape = z.object({
  version: z.string(),
  clusterId: z.string().optional(),
  data: z.record(z.string(), z.string()),
  binaryData: z.record(z.string(), z.string()).optional(),
});

/** What cannot be read counts as absent: the ConfigMap is then all there is. */
function parse(encoded: string | undefined): z.output<typeof shape> | undefined {
  if (encoded === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  } catch {
    return undefined;
  }
}
