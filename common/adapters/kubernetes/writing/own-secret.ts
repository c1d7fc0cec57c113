import { Failure } from '../../../domain/failure.ts';
import type { ObjectVersion } from '../../../ports/cluster-writer.ts';
import { asObject, type KubernetesObject } from '../kubernetes-object.ts';
import { fieldManager, managedByLabel, managedByValue } from '../object-names.ts';
import type { ApiClient } from '../requests/api-client.ts';
import { accepts, secretPath } from '../requests/api-paths.ts';

/** A Secret in the helper's namespace, in which it keeps what must survive a restart. Every method throws `Failure`. */
export type OwnSecret = {
  /** `what` it holds, for the failure that says it cannot be read. Absent: there is no such Secret. One call. */
  read(what: string): Promise<KubernetesObject | undefined>;
  /** Server-side apply by force: the fields of the same field manager are replaced, those of others stay. One call. */
  apply(content: OwnSecretContent): Promise<void>;
};

export type OwnSecretContent = {
  readonly type: 'Opaque' | 'kubernetes.io/tls';
  /** Texts by key. */
  readonly texts: Readonly<Record<string, string>>;
  /** Refuses the write with `kubernetes-conflict` when the Secret is another one by now. */
  readonly version?: ObjectVersion | undefined;
  /** For a part that is written apart from the rest; the helper's own otherwise. */
  readonly fieldManager?: string;
};

export function ownSecret(client: Pick<ApiClient, 'request'>, namespace: string, name: string): OwnSecret {
  const request = { resource: 'secrets', object: `${namespace}/${name}`, path: secretPath(namespace, name) } as const;
  return {
    async read(what) {
      try {
        return asObject(await client.request({ ...request, verb: 'get', accept: accepts.full }), what);
      } catch (error) {
        if (error instanceof Failure && error.code === 'kubernetes-not-found') return undefined;
        throw error;
      }
    },
    async apply({ type, texts, version, fieldManager: manager = fieldManager }) {
      await client.request({
        ...request,
        verb: 'apply',
        path: `${request.path}?fieldManager=${manager}&force=true`,
        accept: accepts.metadata,
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify({
          apiVersion: 'v1',
          kind: 'Secret',
          type,
          metadata: { name, labels: { [managedByLabel]: managedByValue }, ...version },
          data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, encode(text)])),
        }),
      });
    },
  };
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
