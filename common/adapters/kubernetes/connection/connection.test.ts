import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { rootCertificates } from 'node:tls';

import { stringify } from 'yaml';

import { Failure } from '../../../domain/failure.ts';
import { resolveConnection, type GivenConnection } from './connection.ts';
import type { KubernetesConnection } from './kubernetes-connection.ts';

const ca = rootCertificates[0] ?? '';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the connection to the API server', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'connection-'));
    path = join(folder, 'config');
  });

  afterEach(() => rm(folder, { recursive: true }));

  const connect = async (config: object, given: GivenConnection = {}): Promise<KubernetesConnection> => {
    await writeFile(path, stringify(config));
    return resolveConnection({ kubeconfigPath: path, ...given });
  };
  const refusal = async (config: object | string, given: GivenConnection = {}): Promise<Failure> => {
    await writeFile(path, typeof config === 'string' ? config : stringify(config));
    return failureOf(resolveConnection({ kubeconfigPath: path, ...given }));
  };

  describe('by a kubeconfig', () => {
    it('takes server and authority from the current context', async () => {
      const connection = await connect(kubeconfig({ cluster: { 'certificate-authority-data': base64(ca) } }));
      assert.equal(connection.baseUrl, 'https://dev.example.com:6443');
      assert.deepEqual(await connection.tls(), { ca });
      assert.equal(connection.origin, `kubeconfig ${path}, context dev`);
    });

    it('takes another context when it is named', async () => {
      const config = kubeconfig();
      config.contexts.push({ name: 'prod', context: { cluster: 'prod', user: 'dev' } });
      config.clusters.push({ name: 'prod', cluster: { server: 'https://prod.example.com/' } });
      const connection = await connect(config, { context: 'prod' });
      assert.equal(connection.baseUrl, 'https://prod.example.com');
    });

    it('joins several files, of which some may be missing', async () => {
      const { clusters, users, contexts } = kubeconfig();
      const second = join(folder, 'second');
      await writeFile(second, stringify({ clusters, users }));
      const kubeconfigPath = [join(folder, 'missing'), path, second].join(delimiter);
      const connection = await connect({ contexts, 'current-context': 'dev' }, { kubeconfigPath });
      assert.equal(connection.baseUrl, 'https://dev.example.com:6443');
    });

    it('reads an authority file relative to the kubeconfig', async () => {
      await writeFile(join(folder, 'ca.pem'), ca);
      const connection = await connect(kubeconfig({ cluster: { 'certificate-authority': 'ca.pem' } }));
      assert.deepEqual(await connection.tls(), { ca });
    });

    it('honours tls-server-name and insecure-skip-tls-verify', async () => {
      const cluster = { 'tls-server-name': 'kubernetes', 'insecure-skip-tls-verify': true };
      const connection = await connect(kubeconfig({ cluster }));
      assert.deepEqual(await connection.tls(), { servername: 'kubernetes', rejectUnauthorized: false });
    });

    it('sends a token', async () => {
      const connection = await connect(kubeconfig({ user: { token: 'abc' } }));
      assert.deepEqual(await connection.headers(), { authorization: 'Bearer abc' });
    });

    it('follows a token file, which wins over a token', async () => {
      await writeFile(join(folder, 'token'), 'first');
      let now = 0;
      const user = { token: 'abc', tokenFile: 'token' };
      const connection = await connect(kubeconfig({ user }), { clock: () => now });
      assert.deepEqual(await connection.headers(), { authorization: 'Bearer first' });
      await writeFile(join(folder, 'token'), 'second');
      now += 10_000;
      assert.deepEqual(await connection.headers(), { authorization: 'Bearer second' });
    });

    it('sends user name and password', async () => {
      const connection = await connect(kubeconfig({ user: { username: 'me', password: 'hush' } }));
      assert.deepEqual(await connection.headers(), { authorization: `Basic ${base64('me:hush')}` });
    });

    it('uses a client certificate', async () => {
      const [cert, key] = ['-----BEGIN CERTIFICATE-----\n…', '-----BEGIN EC PRIVATE KEY-----\n…'];
      const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) };
      const connection = await connect(kubeconfig({ user }));
      assert.deepEqual(await connection.tls(), { cert, key });
    });

    it('acts as the user that it is told to impersonate, never with the larger rights of its own', async () => {
      const user = { token: 'abc', as: 'system:serviceaccount:kube-system:acr', 'as-uid': '7' };
      const connection = await connect(kubeconfig({ user }));
      assert.deepEqual(await connection.headers(), {
        authorization: 'Bearer abc',
        'impersonate-user': 'system:serviceaccount:kube-system:acr',
        'impersonate-uid': '7',
      });
      assert.equal(await connection.headers(), await connection.headers());
    });

    it('gives the same headers and TLS options for as long as nothing changed', async () => {
      const connection = await connect(kubeconfig({ user: { token: 'abc' } }));
      assert.equal(await connection.headers(), await connection.headers());
      assert.equal(await connection.tls(), await connection.tls());
    });

    it('asks a plugin once for all requests, tells it about the cluster, and asks again after a refusal', async () => {
      const plugin = join(folder, 'plugin.sh');
      await writeFile(plugin, pluginScript(folder));
      await chmod(plugin, 0o700);
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin.sh', provideClusterInfo: true };
      const connection = await connect(kubeconfig({ user: { exec } }));
      const first = await Promise.all([connection.headers(), connection.headers(), connection.headers()]);
      assert.deepEqual(
        first.map(({ authorization }) => authorization),
        Array(3).fill('Bearer run-1 of https://dev.example.com:6443'),
      );
      assert.deepEqual(await connection.tls(), { cert: 'CERT', key: 'KEY' });
      connection.refused();
      assert.equal((await connection.headers())['authorization'], 'Bearer run-2 of https://dev.example.com:6443');
    });

    it('says which plugin failed, and what it said last', async () => {
      const exec = { command: 'sh', args: ['-c', 'echo usage >&2; echo please log in >&2; exit 3'] };
      const connection = await connect(
        kubeconfig({ user: { exec: { ...exec, installHint: 'get it at example.com' } } }),
      );
      const failure = await failureOf(connection.headers());
      assert.equal(failure.code, 'kubernetes-unauthorized');
      assert.equal(failure.message, `kubeconfig ${path}: the exec plugin "sh" of user "dev" failed: please log in`);
      assert.equal(failure.hint, 'get it at example.com');
    });

    it('uses the id token of an OIDC login until it expires, and then says that it cannot be refreshed', async () => {
      const token = idToken(2_000_000_000);
      const user = { 'auth-provider': { name: 'oidc', config: { 'id-token': token } } };
      const connection = await connect(kubeconfig({ user }));
      assert.deepEqual(await connection.headers(), { authorization: `Bearer ${token}` });
      const expired = { 'auth-provider': { name: 'oidc', config: { 'id-token': idToken(1_000) } } };
      const failure = await failureOf((await connect(kubeconfig({ user: expired }))).headers());
      assert.equal(failure.code, 'kubernetes-unauthorized');
      assert.match(failure.message, /id-token has expired and cannot be refreshed/);
    });

    const problems: readonly (readonly [string, object | string, RegExp])[] = [
      ['text that is not YAML', 'a: [1, 2\nb: {', /config is not YAML: line \d+: /],
      ['YAML that is no mapping', '- a\n- b\n', /config is not a YAML mapping/],
      ['no current context', { ...kubeconfig(), 'current-context': '' }, /config has no current-context/],
      ['an unknown context', { ...kubeconfig(), 'current-context': 'prod' }, /config has no context "prod"/],
      ['an unknown cluster', { ...kubeconfig(), clusters: [] }, /no cluster "dev", which context "dev" names/],
      ['an unknown user', { ...kubeconfig(), users: [] }, /no user "dev", which context "dev" names/],
      ['no server', { ...kubeconfig(), clusters: [{ name: 'dev', cluster: {} }] }, /cluster "dev" has no server/],
      ['a server that is no URL', kubeconfig({ cluster: { server: 'dev:6443' } }), /server "dev:6443" .* is not a URL/],
      [
        'an authority that is not there',
        kubeconfig({ cluster: { 'certificate-authority': 'x.pem' } }),
        /x\.pem.*no such file/,
      ],
      [
        'an authority that is none',
        kubeconfig({ cluster: { 'certificate-authority-data': 'eA==' } }),
        /no.* PEM certificate/,
      ],
      [
        'a certificate without a key',
        kubeconfig({ user: { 'client-certificate-data': 'eA==' } }),
        /only one of client-c/,
      ],
      ['a plugin without a command', kubeconfig({ user: { exec: {} } }), /exec of user "dev" has no command/],
      [
        'a removed way to log in',
        kubeconfig({ user: { 'auth-provider': { name: 'gcp' } } }),
        /"gcp", which .* removed/,
      ],
      [
        'a certificate that is none',
        kubeconfig({ user: { 'client-certificate-data': 'eA==', 'client-key-data': 'eA==' } }),
        /client-certificate-data of user "dev" does not hold a PEM certificate/,
      ],
      [
        'groups to impersonate',
        kubeconfig({ user: { as: 'me', 'as-groups': ['system:masters'] } }),
        /user "dev" has as-groups, which is not supported/,
      ],
      ['an empty file', ' \n', /config is empty/],
      ['a proxy', kubeconfig({ cluster: { 'proxy-url': 'http://p' } }), /proxy-url, which is not supported/],
    ];
    for (const [name, config, message] of problems) {
      it(`refuses ${name} in one line that names the file`, async () => {
        const failure = await refusal(config);
        assert.equal(failure.code, 'kubeconfig-invalid');
        assert.match(failure.message, message);
        assert.ok(failure.message.includes(path));
        assert.doesNotMatch(failure.message, /\n/);
      });
    }

    it('refuses a file that is not there', async () => {
      const failure = await failureOf(resolveConnection({ kubeconfigPath: path }));
      assert.equal(failure.message, `cannot read the kubeconfig ${path}: there is no such file`);
    });

    it('names the contexts that there are', async () => {
      assert.match((await refusal(kubeconfig(), { context: 'x' })).hint, /it has dev/);
    });
  });

  describe('in a pod', () => {
    const inPod = (host = '10.0.0.1') => resolveConnection({ host, port: '6443', inClusterFolder: folder });

    it('uses address, token and authority of the ServiceAccount', async () => {
      await writeFile(join(folder, 'token'), 'abc');
      await writeFile(join(folder, 'ca.crt'), ca);
      const connection = await inPod();
      assert.equal(connection.baseUrl, 'https://10.0.0.1:6443');
      assert.deepEqual(await connection.tls(), { ca });
      assert.deepEqual(await connection.headers(), { authorization: 'Bearer abc' });
    });

    it('writes an IPv6 address in brackets', async () => {
      await writeFile(join(folder, 'token'), 'abc');
      await writeFile(join(folder, 'ca.crt'), ca);
      assert.equal((await inPod('fd00::1')).baseUrl, 'https://[fd00::1]:6443');
    });

    it('takes over a new authority', async () => {
      await writeFile(join(folder, 'token'), 'abc');
      await writeFile(join(folder, 'ca.crt'), ca);
      const connection = await inPod();
      const renewed = rootCertificates[1] ?? '';
      await writeFile(join(folder, 'ca.crt'), renewed);
      assert.deepEqual(await connection.tls(), { ca: renewed });
    });

    for (const missing of ['token', 'ca.crt']) {
      it(`names ${missing} when it is missing`, async () => {
        await writeFile(join(folder, 'token'), 'abc');
        await writeFile(join(folder, 'ca.crt'), ca);
        await rm(join(folder, missing));
        const failure = await failureOf(inPod());
        assert.equal(failure.code, 'kubeconfig-invalid');
        assert.ok(failure.message.includes(join(folder, missing)));
      });
    }

    it('is not tried where no kubeconfig and no cluster is at hand', async () => {
      await mkdir(join(folder, 'empty'));
      const failure = await failureOf(resolveConnection({ inClusterFolder: join(folder, 'empty') }));
      assert.equal(failure.code, 'kubeconfig-invalid');
      assert.match(failure.hint, /--kubeconfig/);
    });
  });
});

type Fields = {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
};

function kubeconfig({ cluster = {}, user = {} }: Fields = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'dev', cluster: { server: 'https://dev.example.com:6443', ...cluster } as object }],
    users: [{ name: 'dev', user }],
    contexts: [{ name: 'dev', context: { cluster: 'dev', user: 'dev' } }],
    'current-context': 'dev',
  };
}

/** Counts its runs in a file, and says which server it was told about. */
function pluginScript(folder: string): string {
  return `#!/bin/sh
echo run >> ${folder}/runs
n=$(wc -l < ${folder}/runs | tr -d ' ')
server=$(echo "$KUBERNETES_EXEC_INFO" | sed 's/.*"server":"\\([^"]*\\)".*/\\1/')
echo '{"status":{"token":"run-'$n' of '$server'","clientCertificateData":"CERT","clientKeyData":"KEY"}}'
`;
}

function idToken(expirySeconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp: expirySeconds })}.signature`;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => assert.fail('it should have failed'),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof Failure, String(thrown));
  return thrown;
}
