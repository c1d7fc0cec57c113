import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ClientCertificate, KubeconfigUser } from './kubeconfig-identity.ts';
import { absolutePath, mapOf, readNamedFile, textOf, type KubeconfigEntry } from './kubeconfig-file.ts';
import { createTokenFile } from './token-file.ts';

export type UserOptions = {
  readonly user: KubeconfigEntry | undefined;
  readonly cluster: KubeconfigEntry;
  /** Address of the API server. */
  readonly server: string;
  readonly clock: Clock;
};

/** The ways in which a kubeconfig names a user, in kubectl's order of precedence. Throws `kubeconfig-invalid`. */
export async function createKubeconfigUser(options: UserOptions): Promise<KubeconfigUser> {
  const { user } = options;
  if (user === undefined) return fixedUser({}, {});
  const certificate = await certificateOf(user);
  const tokenFile = textOf(user.value, 'tokenFile');
  if (tokenFile !== undefined) return tokenFileUser(absolutePath(user, tokenFile), certificate, options.clock);
  const token = textOf(user.value, 'token');
  if (token !== undefined) return fixedUser(certificate, { authorization: `Bearer ${token}` });
  const username = textOf(user.value, 'username');
  if (username !== undefined)
    return fixedUser(certificate, basicHeaders(username, textOf(user.value, 'password') ?? ''));
  if (mapOf(user.value, 'exec') !== undefined) {
    const { createExecUser } = await import('./kubeconfig-exec.ts');
    return createExecUser({ ...options, user });
  }
  const provider = mapOf(user.value, 'auth-provider');
  if (provider === undefined) return fixedUser(certificate, {});
  if (provider['name'] === 'oidc') {
    const { createOidcUser } = await import('./kubeconfig-oidc.ts');
    return createOidcUser(user, certificate, options.clock);
  }
  throw new Failure(
    'kubeconfig-invalid',
    `kubeconfig ${user.path}: user "${user.name}" has auth-provider "${String(provider['name'])}", which Kubernetes has removed`,
    { hint: 'use an exec plugin or a token instead' },
  );
}

type Headers = Readonly<Record<string, string>>;

function fixedUser(certificate: ClientCertificate, headers: Headers): KubeconfigUser {
  return { clientCertificate: async () => certificate, headers: async () => headers, refused: () => undefined };
}

function tokenFileUser(path: string, certificate: ClientCertificate, clock: Clock): KubeconfigUser {
  const file = createTokenFile(path, clock);
  let headers: Headers = {};
  return {
    clientCertificate: async () => certificate,
    async headers() {
      const authorization = `Bearer ${await file.token()}`;
      if (headers['authorization'] !== authorization) headers = { authorization };
      return headers;
    },
    refused: () => file.forget(),
  };
}

function basicHeaders(username: string, password: string): Headers {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

async function certificateOf(user: KubeconfigEntry): Promise<ClientCertificate> {
  const cert = await pemOf(user, 'client-certificate');
  const key = await pemOf(user, 'client-key');
  if ((cert === undefined) !== (key === undefined)) {
    throw new Failure(
      'kubeconfig-invalid',
      `kubeconfig ${user.path}: user "${user.name}" has only one of client-certificate and client-key`,
    );
  }
  return cert === undefined || key === undefined ? {} : { cert, key };
}

async function pemOf(user: KubeconfigEntry, field: 'client-certificate' | 'client-key'): Promise<string | undefined> {
  const data = textOf(user.value, `${field}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  const path = textOf(user.value, field);
  return path === undefined ? undefined : readNamedFile(user, field, path);
}
