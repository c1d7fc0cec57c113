import { OpenIDConnectAuth } from '@kubernetes/client-node/dist/oidc_auth.js';
import type { RequestOptions } from 'node:https';

import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import { mapOf, type KubeconfigEntry } from './kubeconfig-file.ts';
import type { ClientCertificate, KubeconfigUser } from './kubeconfig-identity.ts';

/**
 * A user with `auth-provider: oidc`: the id token, refreshed with the refresh token once it has expired.
 * Refreshed tokens stay in memory; the file is not written.
 */
export function createOidcUser(user: KubeconfigEntry, certificate: ClientCertificate, clock: Clock): KubeconfigUser {
  const config = { ...mapOf(mapOf(user.value, 'auth-provider') ?? {}, 'config') };
  const client = { name: user.name, authProvider: { name: 'oidc', config } };
  let headers: Readonly<Record<string, string>> = {};
  let asking: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    const authorization = await bearer(client, user);
    if (headers['authorization'] !== authorization) headers = { authorization };
  };

  return {
    clientCertificate: async () => certificate,
    async headers() {
      if (headers['authorization'] === undefined || expirySeconds(config['id-token']) * 1000 <= clock()) {
        asking ??= refresh().finally(() => {
          asking = undefined;
        });
        await asking;
      }
      return headers;
    },
    refused: () => undefined,
  };
}

type OidcClient = { readonly name: string; readonly authProvider: { readonly config: Record<string, unknown> } };

async function bearer(client: OidcClient, user: KubeconfigEntry): Promise<string> {
  const options: RequestOptions & { headers: Record<string, string> } = { headers: {} };
  try {
    // A new one each time: it takes the lifetime of a refreshed token for the time of its expiry, and so refreshes for ever.
    await new OpenIDConnectAuth().applyAuthentication(client, options);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
    throw refusal(user, `the OIDC token could not be refreshed: ${reason}`);
  }
  const authorization = options.headers['Authorization'];
  if (authorization === undefined) throw refusal(user, 'the OIDC id-token has expired and cannot be refreshed');
  return authorization;
}

function refusal(user: KubeconfigEntry, reason: string): Failure {
  return new Failure('kubernetes-unauthorized', `kubeconfig ${user.path}: user "${user.name}": ${reason}`, {
    hint: 'log in again, and check idp-issuer-url, client-id and refresh-token',
  });
}

function expirySeconds(token: unknown): number {
  return typeof token === 'string' ? OpenIDConnectAuth.expirationFromToken(token) : 0;
}
