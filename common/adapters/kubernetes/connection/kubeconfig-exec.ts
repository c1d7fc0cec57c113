import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import type { RequestOptions } from 'node:https';

import { Failure } from '../../../domain/failure.ts';
import { absolutePath, mapOf, textOf, type KubeconfigEntry, type YamlMap } from './kubeconfig-file.ts';
import type { ClientCertificate, KubeconfigUser } from './kubeconfig-identity.ts';

export type ExecUserOptions = {
  readonly user: KubeconfigEntry;
  readonly cluster: KubeconfigEntry;
  readonly server: string;
};

/**
 * A user whose token or client certificate comes from a program.
 *
 * Source: client-go credential plugins, `client.authentication.k8s.io/v1`. The program is run by the official client's
 * `ExecAuth`, which keeps its answer until it expires; the whole official client would cost half a second and 85 MB.
 */
export async function createExecUser(options: ExecUserOptions): Promise<KubeconfigUser> {
  const exec = mapOf(options.user.value, 'exec') ?? {};
  const user = { name: options.user.name, exec: completedExec(exec, options) };
  let auth = new ExecAuth();
  let asking: Promise<Answer> | undefined;
  let headers: Readonly<Record<string, string>> = {};

  const ask = (): Promise<Answer> => {
    // Requests that start together share one run of the program.
    asking ??= run(auth, user, options.user).finally(() => {
      asking = undefined;
    });
    return asking;
  };

  return {
    clientCertificate: async () => (await ask()).certificate,
    async headers() {
      const { authorization } = await ask();
      if (headers['authorization'] !== authorization) headers = authorization === undefined ? {} : { authorization };
      return headers;
    },
    refused() {
      auth = new ExecAuth();
    },
  };
}

type Answer = { readonly authorization: string | undefined; readonly certificate: ClientCertificate };

async function run(
  auth: ExecAuth,
  user: { readonly name: string; readonly exec: YamlMap },
  entry: KubeconfigEntry,
): Promise<Answer> {
  const options: RequestOptions = {};
  try {
    await auth.applyAuthentication(user, options);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '';
    throw new Failure(
      'kubernetes-unauthorized',
      `kubeconfig ${entry.path}: the exec plugin "${String(user.exec['command'])}" of user "${entry.name}" failed: ${reason}`,
      { hint: textOf(user.exec, 'installHint') ?? 'run the plugin by hand: it must print an ExecCredential' },
    );
  }
  const { cert, key, headers } = options;
  const authorization = headers !== undefined && 'Authorization' in headers ? headers['Authorization'] : undefined;
  return {
    authorization: typeof authorization === 'string' ? authorization : undefined,
    certificate: typeof cert === 'string' && typeof key === 'string' ? { cert, key } : {},
  };
}

/** The program is told about the cluster, which many plugins insist on and `ExecAuth` leaves out. */
function completedExec(exec: YamlMap, { user, cluster, server }: ExecUserOptions): YamlMap {
  const command = textOf(exec, 'command');
  if (command === undefined) {
    throw new Failure('kubeconfig-invalid', `kubeconfig ${user.path}: exec of user "${user.name}" has no command`);
  }
  const info = {
    apiVersion: textOf(exec, 'apiVersion') ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(exec['provideClusterInfo'] === true ? { cluster: { ...clusterInfo(cluster.value), server } } : {}),
    },
  };
  const env = Array.isArray(exec['env']) ? (exec['env'] as readonly unknown[]) : [];
  return {
    ...exec,
    // A bare name is looked up in PATH; anything with a slash is relative to the kubeconfig.
    command: command.includes('/') ? absolutePath(user, command) : command,
    args: Array.isArray(exec['args']) ? exec['args'] : [],
    env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
  };
}

function clusterInfo(cluster: YamlMap): YamlMap {
  const keys = ['certificate-authority-data', 'tls-server-name', 'insecure-skip-tls-verify'];
  return Object.fromEntries(keys.flatMap((key) => (cluster[key] === undefined ? [] : [[key, cluster[key]]])));
}
