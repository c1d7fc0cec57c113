import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import { runExecPlugin, type ExecCredential, type ExecPlugin } from './exec-plugin.ts';
import { absolutePath, isMap, mapOf, textOf, type KubeconfigEntry, type YamlMap } from './kubeconfig-file.ts';
import type { KubeconfigUser } from './kubeconfig-identity.ts';

export type ExecUserOptions = {
  readonly user: KubeconfigEntry;
  readonly cluster: KubeconfigEntry;
  readonly server: string;
  readonly clock: Clock;
};

/**
 * A user whose token or client certificate comes from a program. Its answer is kept until it expires or is refused.
 *
 * Source: client-go credential plugins, `client.authentication.k8s.io/v1`.
 */
export async function createExecUser(options: ExecUserOptions): Promise<KubeconfigUser> {
  const exec = mapOf(options.user.value, 'exec') ?? {};
  const plugin = pluginOf(exec, options);
  const installHint = textOf(exec, 'installHint');
  let known: ExecCredential | undefined;
  let asking: Promise<ExecCredential> | undefined;
  let headers: Readonly<Record<string, string>> = {};

  const ask = async (): Promise<ExecCredential> => {
    if (known !== undefined && options.clock() < (known.expiresAt ?? Number.POSITIVE_INFINITY)) return known;
    // Requests that start together share one run of the program.
    asking ??= run(plugin, options.user, installHint).finally(() => {
      asking = undefined;
    });
    known = await asking;
    return known;
  };

  return {
    clientCertificate: async () => (await ask()).certificate,
    async headers() {
      const { token } = await ask();
      const authorization = token === undefined ? undefined : `Bearer ${token}`;
      if (headers['authorization'] !== authorization) headers = authorization === undefined ? {} : { authorization };
      return headers;
    },
    refused() {
      known = undefined;
    },
  };
}

async function run(
  plugin: ExecPlugin,
  entry: KubeconfigEntry,
  installHint: string | undefined,
): Promise<ExecCredential> {
  try {
    return await runExecPlugin(plugin);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'kubernetes-unauthorized',
      `kubeconfig ${entry.path}: the exec plugin "${plugin.command}" of user "${entry.name}" failed: ${reason}`,
      { hint: installHint ?? 'run the plugin by hand: it must print an ExecCredential without asking anything' },
    );
  }
}

/** A login may fetch something, or wait for a browser. */
const pluginSeconds = 60;

/** The program is told about the cluster, which many plugins insist on. */
function pluginOf(exec: YamlMap, { user, cluster, server }: ExecUserOptions): ExecPlugin {
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
  return {
    // A bare name is looked up in PATH; anything with a slash is relative to the kubeconfig.
    command: command.includes('/') ? absolutePath(user, command) : command,
    args: listOf(exec, 'args').map(String),
    environment: { ...environmentOf(exec), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    seconds: pluginSeconds,
  };
}

function environmentOf(exec: YamlMap): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listOf(exec, 'env').flatMap((entry) => {
      const name = isMap(entry) ? textOf(entry, 'name') : undefined;
      return name === undefined || !isMap(entry) ? [] : [[name, textOf(entry, 'value') ?? '']];
    }),
  );
}

function listOf(map: YamlMap, key: string): readonly unknown[] {
  const value = map[key];
  return Array.isArray(value) ? value : [];
}

function clusterInfo(cluster: YamlMap): YamlMap {
  const keys = ['certificate-authority-data', 'tls-server-name', 'insecure-skip-tls-verify'];
  return Object.fromEntries(keys.flatMap((key) => (cluster[key] === undefined ? [] : [[key, cluster[key]]])));
}
