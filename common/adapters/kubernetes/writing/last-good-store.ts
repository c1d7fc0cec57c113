import * as z from 'zod';
import type { LastGoodStore } from '../../../ports/own-secrets.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { ownSecret } from './own-secret.ts';

/** In a Secret of our own, because a configuration may hold a key pair. */
export const lastGoodSecretName = 'acr-credential-helper-last-good';

/** The port `LastGoodStore` on a Secret in the helper's namespace. Throws `Failure`. */
export function createLastGoodStore(client: ApiClient, namespace: string): LastGoodStore {
  const secret = ownSecret(client, namespace, lastGoodSecretName);
  return {
    async read() {
      return parse((await secret.read('the last good configuration'))?.data?.[key]);
    },
    write: (lastGood) => secret.apply({ type: 'Opaque', texts: { [key]: JSON.stringify(lastGood) } }),
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
