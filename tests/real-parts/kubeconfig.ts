/** A kubeconfig file (JSON is YAML) with one cluster and one user with a bearer token. */
export function kubeconfigText(cluster: { readonly url: string; readonly ca: string; readonly token: string }): string {
  const name = 'real-parts';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: { server: cluster.url, 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') },
      },
    ],
    users: [{ name, user: { token: cluster.token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}
