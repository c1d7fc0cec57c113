import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';

import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import { checkedAuthority } from './certificate-authority.ts';
import type { ConnectionTls, KubernetesConnection } from './kubernetes-connection.ts';
import { createTokenFile } from './token-file.ts';

export type InClusterOptions = {
  readonly host: string;
  readonly port: string;
  /** Holds the files `token` and `ca.crt`. */
  readonly folder: string;
  readonly clock: Clock;
};

/** The connection of a pod by its ServiceAccount. Both files are followed when the kubelet replaces them. */
export async function inClusterConnection(options: InClusterOptions): Promise<KubernetesConnection> {
  const authorityPath = join(options.folder, 'ca.crt');
  const tokenFile = createTokenFile(join(options.folder, 'token'), options.clock);
  await tokenFile.token().catch(invalidHere);

  let tls: ConnectionTls = { ca: await readAuthority(authorityPath) };
  let headers: Readonly<Record<string, string>> = {};
  return {
    baseUrl: `https://${isIPv6(options.host) ? `[${options.host}]` : options.host}:${options.port}`,
    origin: 'the ServiceAccount of the pod',
    async tls() {
      const ca = await readAuthority(authorityPath).catch(() => tls.ca);
      if (ca !== tls.ca) tls = { ca };
      return tls;
    },
    async headers() {
      const authorization = `Bearer ${await tokenFile.token()}`;
      if (headers['authorization'] !== authorization) headers = { authorization };
      return headers;
    },
    refused: () => tokenFile.forget(),
  };
}

async function readAuthority(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Failure('kubeconfig-invalid', `cannot read the authority of the API server's certificate, ${path}`, {
      hint: podHint,
    });
  });
  return checkedAuthority(text, path, podHint);
}

function invalidHere(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  throw new Failure('kubeconfig-invalid', message, { cause: error, hint: podHint });
}

const podHint = 'the pod needs its ServiceAccount token: set automountServiceAccountToken: true, or give --kubeconfig';
