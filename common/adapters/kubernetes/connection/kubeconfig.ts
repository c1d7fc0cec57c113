import { delimiter } from 'node:path';

import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import { checkedAuthority } from './certificate-authority.ts';
import type { ConnectionTls, KubernetesConnection } from './kubernetes-connection.ts';
import {
  loadKubeconfig,
  pickEntry,
  readNamedFile,
  textOf,
  type Kubeconfig,
  type KubeconfigEntry,
} from './kubeconfig-file.ts';
import { createKubeconfigUser } from './kubeconfig-user.ts';

/**
 * The connection that a kubeconfig describes. `paths` is one path, or several as in `KUBECONFIG`.
 * Throws `kubeconfig-invalid`, in one line, with the path and what is wrong.
 */
export async function kubeconfigConnection(
  paths: string,
  contextName: string | undefined,
  clock: Clock,
): Promise<KubernetesConnection> {
  const config = await loadKubeconfig(paths.split(delimiter).filter((path) => path !== ''));
  const where = `kubeconfig ${paths}`;
  const context = contextOf(config, contextName, where);
  const cluster = referred(config.clusters, context, 'cluster', where);
  const user = textOf(context.value, 'user') === undefined ? undefined : referred(config.users, context, 'user', where);
  const server = serverOf(cluster, where);
  const serverTls = await serverTlsOf(cluster, where);
  const identity = await createKubeconfigUser({ user, cluster, server, clock });

  let tls: ConnectionTls = serverTls;
  return {
    baseUrl: server,
    origin: `${where}, context ${context.name}`,
    async tls() {
      const client = await identity.clientCertificate();
      if (tls.cert !== client.cert || tls.key !== client.key) tls = { ...serverTls, ...client };
      return tls;
    },
    headers: () => identity.headers(),
    refused: () => identity.refused(),
  };
}

function contextOf(config: Kubeconfig, wanted: string | undefined, where: string): KubeconfigEntry {
  const known = `it has ${config.contexts.length === 0 ? 'none' : config.contexts.map(({ name }) => name).join(', ')}`;
  const name = wanted ?? config.currentContext;
  if (name === undefined) {
    throw new Failure('kubeconfig-invalid', `${where} has no current-context`, {
      hint: `choose a context with "kubectl config use-context NAME"; ${known}`,
    });
  }
  const context = pickEntry(config.contexts, name);
  if (context === undefined) {
    throw new Failure('kubeconfig-invalid', `${where} has no context "${name}"`, {
      hint: `name another context; ${known}`,
    });
  }
  return context;
}

function referred(
  entries: readonly KubeconfigEntry[],
  context: KubeconfigEntry,
  field: 'cluster' | 'user',
  where: string,
): KubeconfigEntry {
  const name = textOf(context.value, field) ?? '';
  const entry = pickEntry(entries, name);
  if (entry === undefined) {
    throw new Failure(
      'kubeconfig-invalid',
      `${where} has no ${field} "${name}", which context "${context.name}" names`,
    );
  }
  return entry;
}

function serverOf(cluster: KubeconfigEntry, where: string): string {
  const server = textOf(cluster.value, 'server');
  if (server === undefined)
    throw new Failure('kubeconfig-invalid', `${where}: cluster "${cluster.name}" has no server`);
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) {
    throw new Failure('kubeconfig-invalid', `${where}: server "${server}" of cluster "${cluster.name}" is not a URL`, {
      hint: 'write it as https://HOST:PORT',
    });
  }
  if (textOf(cluster.value, 'proxy-url') !== undefined) {
    throw new Failure(
      'kubeconfig-invalid',
      `${where}: cluster "${cluster.name}" has a proxy-url, which is not supported`,
      {
        hint: 'use an address that can be reached without a proxy',
      },
    );
  }
  return server.replace(/\/+$/, '');
}

async function serverTlsOf(cluster: KubeconfigEntry, where: string): Promise<ConnectionTls> {
  const servername = textOf(cluster.value, 'tls-server-name');
  const ca = await authorityOf(cluster, where);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
    ...(cluster.value['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
}

async function authorityOf(cluster: KubeconfigEntry, where: string): Promise<string | undefined> {
  const data = textOf(cluster.value, 'certificate-authority-data');
  if (data !== undefined) {
    const text = Buffer.from(data, 'base64').toString('utf8');
    return checkedAuthority(text, `${where}: certificate-authority-data of cluster "${cluster.name}"`);
  }
  const path = textOf(cluster.value, 'certificate-authority');
  if (path === undefined) return undefined;
  const text = await readNamedFile(cluster, 'certificate-authority', path);
  return checkedAuthority(text, `${where}: certificate-authority ${path}`);
}
