import type { DesiredSecret } from '../../../domain/namespaces/desired-secret.ts';
import type { ObjectVersion } from '../../../ports/cluster-writer.ts';
import {
  dockerConfigKey,
  expiresAtAnnotation,
  managedByLabel,
  managedByValue,
  sourcesAnnotation,
  versionAnnotation,
} from '../object-names.ts';

/** Bodies of the writes of a Secret. They hold the credentials in plain text (base64). */
export type SecretBodies = {
  /** For a server-side apply, of a Secret at a version, or of one that should not be there. Without a namespace. */
  apply(secret: DesiredSecret, at?: ObjectVersion): string;
  /** For a merge patch of the Secret at that version. */
  merge(secret: DesiredSecret, at: ObjectVersion): string;
};

/**
 * Ten thousand namespaces with the same registries get the same bytes, so everything but the version is put together once
 * per `DesiredSecret` value and forgotten with it.
 */
export function createSecretBodies(): SecretBodies {
  const rendered = new WeakMap<DesiredSecret, Rendered>();
  const renderedOnce = (secret: DesiredSecret): Rendered => {
    let parts = rendered.get(secret);
    if (parts === undefined) {
      parts = render(secret);
      rendered.set(secret, parts);
    }
    return parts;
  };
  return {
    apply(secret, at) {
      const { applyHead, name, tail } = renderedOnce(secret);
      return `${applyHead}${at === undefined ? '' : versionFields(at)}"name":${name},${tail}`;
    },
    merge: (secret, at) => `{"metadata":{${versionFields(at)}${renderedOnce(secret).tail}`,
  };
}

/** Everything after the version, from the labels to the end, is the same in both kinds of body. */
type Rendered = { readonly applyHead: string; readonly name: string; readonly tail: string };

function render(secret: DesiredSecret): Rendered {
  const labels = { [managedByLabel]: managedByValue };
  const annotations = {
    [expiresAtAnnotation]: rfc3339(secret.expiresAt),
    [versionAnnotation]: secret.version,
    [sourcesAnnotation]: JSON.stringify(
      secret.sources.map(({ id, hosts, domains, discovered, issuedAt, expiresAt }) => ({
        id,
        hosts,
        ...(domains === undefined ? {} : { domains }),
        discovered,
        issuedAt: rfc3339(issuedAt),
        expiresAt: rfc3339(expiresAt),
      })),
    ),
  };
  const data = { [dockerConfigKey]: Buffer.from(secret.dockerConfig.reveal(), 'utf8').toString('base64') };
  return {
    applyHead: '{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/dockerconfigjson","metadata":{',
    name: JSON.stringify(secret.name),
    tail: `"labels":${JSON.stringify(labels)},"annotations":${JSON.stringify(annotations)}},"data":${JSON.stringify(data)}}`,
  };
}

function versionFields(at: ObjectVersion): string {
  return `"uid":${JSON.stringify(at.uid)},"resourceVersion":${JSON.stringify(at.resourceVersion)},`;
}

/** `2026-11-24T07:00:00Z`; fractions of a second are kept where there are any. */
function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
