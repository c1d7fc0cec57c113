import * as z from 'zod';
import type { SecretNameStore } from '../../../ports/own-secrets.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { accepts, secretsPath } from '../requests/api-paths.ts';
import { asList } from '../kubernetes-object.ts';
import { fieldManager } from '../object-names.ts';
import { lastGoodSecretName } from './last-good-store.ts';
import { ownSecret } from './own-secret.ts';

/**
 * The port `SecretNameStore`, beside the last good configuration in the same Secret. A field manager of its own, so that neither
 * of the two applies takes away what the other one wrote. Throws `Failure`.
 */
export function createSecretNameStore(client: ApiClient, namespace: string): SecretNameStore {
  const secret = ownSecret(client, namespace, lastGoodSecretName);
  return {
    // A list of at most one: where there is nothing yet, that is no error, and a start reads no Secret by name.
    async read() {
      const query = new URLSearchParams({ fieldSelector: `metadata.name=${lastGoodSecretName}`, limit: '1' });
      const path = `${secretsPath(namespace)}?${query.toString()}`;
      const object = `${namespace}/${lastGoodSecretName}`;
      const answer = await client.request({ resource: 'secrets', object, verb: 'list', path, accept: accepts.full });
      return parse(asList(answer, 'the names of Secrets').items[0]?.data?.[key]);
    },
    write: (names) =>
      secret.apply({
        type: 'Opaque',
        texts: { [key]: JSON.stringify(names) },
        fieldManager: `${fieldManager}-names`,
      }),
  };
}

const key = 'secret-names.json';

/** What cannot be read counts as none: the names that the configuration needs are known without it. */
function parse(encoded: string | undefined): readonly string[] {
  if (encoded === undefined) return [];
  try {
    return z.array(z.string()).parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  } catch {
    return [];
  }
}
