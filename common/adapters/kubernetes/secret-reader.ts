import { Failure } from '../../domain/failure.ts';
import { SecretText } from '../../domain/secret-text.ts';
import type { SecretReader } from '../../ports/own-secrets.ts';
import type { ApiClient } from './requests/api-client.ts';
import { accepts, secretPath } from './requests/api-paths.ts';
import { asObject } from './kubernetes-object.ts';

export type SecretReaderOptions = {
  readonly client: ApiClient;
  /** The helper's own namespace. */
  readonly namespace: string;
};

/** The port `SecretReader`: Secrets that the configuration refers to. Throws `Failure`. */
export function createSecretReader({ client, namespace }: SecretReaderOptions): SecretReader {
  return {
    async readSecret(name) {
      const object = `${namespace}/${name}`;
      try {
        const answer = await client.request({
          verb: 'get',
          resource: 'secrets',
          object,
          path: secretPath(namespace, name),
          accept: accepts.full,
        });
        const { data } = asObject(answer, `secrets ${object}`);
        return new Map(Object.entries(data ?? {}).map(([key, value]) => [key, decoded(value)]));
      } catch (error) {
        if (error instanceof Failure && error.code === 'kubernetes-not-found') return undefined;
        throw error;
      }
    },
  };
}

function decoded(value: string): SecretText {
  return new SecretText(Buffer.from(value, 'base64').toString('utf8'));
}
