import { stringify } from 'yaml';

export interface KubeconfigParts {
  /** The server's URL. */
  readonly url: string;
  readonly token?: string;
  /** The certificate authority in PEM, for HTTPS. */
  readonly ca?: string;
  /** The name of the cluster, the user and the context; default `simulator`. */
  readonly name?: string;
}

/** The text of a kubeconfig file with one cluster, one user and one context. */
export function renderKubeconfig({ url, token, ca, name = 'simulator' }: KubeconfigParts): string {
  const authority = ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, ...authority } }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
