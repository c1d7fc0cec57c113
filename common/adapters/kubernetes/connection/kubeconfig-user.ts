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
  return impersonating(user, await ownUser({ ...options, user }));
}

/** Without it the requests would be made with the rights of the user itself, which are mostly larger. */
function impersonating(entry: KubeconfigEntry, own: KubeconfigUser): KubeconfigUser {
  const unsupported = ['as-groups', 'as-user-extra'].find((key) => entry.value[key] !== undefined);
  if (unsupported !== undefined) {
    throw new Failure(
      'kubeconfig-invalid',
      `kubeconfig ${entry.path}: user "${entry.name}" has ${unsupported}, which is not supported`,
      { hint: 'impersonate a user or ServiceAccount by "as" alone, or use a token of its own' },
    );
  }
  const name = textOf(entry.value, 'as');
  if (name === undefined) return own;
  const uid = textOf(entry.value, 'as-uid');
  const more = { 'impersonate-user': name, ...(uid === undefined ? {} : { 'impersonate-uid': uid }) };
  let from: Headers | undefined;
  let headers: Headers = more;
  return {
    ...own,
    async headers() {
      const plain = await own.headers();
      if (plain !== from) headers = { ...plain, ...more };
      from = plain;
      return headers;
    },
  };
}

async function ownUser(options: UserOptions & { readonly user: KubeconfigEntry }): Promise<KubeconfigUser> {
  const { user } = options;
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
    return createExecUser(options);
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
  if (cert === undefined || key === undefined) return {};
  checkPem(user, 'client-certificate', cert, /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/);
  checkPem(user, 'client-key', key, /-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  return { cert, key };
}

/** OpenSSL would say "no start line" of it, at the first request. */
function checkPem({ path, name, value }: KubeconfigEntry, field: PemField, text: string, start: RegExp): void {
  if (start.test(text)) return;
  const where = textOf(value, `${field}-data`) === undefined ? field : `${field}-data`;
  throw new Failure(
    'kubeconfig-invalid',
    `kubeconfig ${path}: ${where} of user "${name}" does not hold a PEM ${field === 'client-key' ? 'private key' : 'certificate'}`,
  );
}

type PemField = 'client-certificate' | 'client-key';

async function pemOf(user: KubeconfigEntry, field: PemField): Promise<string | undefined> {
  const data = textOf(user.value, `${field}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  const path = textOf(user.value, field);
  return path === undefined ? undefined : readNamedFile(user, field, path);
}
