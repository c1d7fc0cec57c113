import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { createCredentialIssuer } from '../../common/adapters/alibaba/credential-issuer.ts';
import { createMetadataService } from '../../common/adapters/alibaba/metadata-service.ts';
import type { TokenMode } from '../../common/adapters/alibaba/identities/cluster-role.ts';
import { Failure } from '../../common/domain/failure.ts';
import type { Identity } from '../../common/domain/credentials/identity.ts';
import { SecretText } from '../../common/domain/secret-text.ts';
import { encryptField } from '../../deploy/simulators/alibaba-cloud/managed-role-token.ts';
import { enterpriseSource, never, personalSource } from './alibaba-cloud-fixture.ts';

/** Text that must never come out; each starts with the word, so that half of one is found too. */
const planted = (name: string) => `CANARY${name}+/=CANARY`;
const jwt = 'eyCANARYhead.eyCANARYclaims.CANARYsignature';
const later = () => new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d{3}/, '');

type Stage = 'metadata' | 'sts' | 'cr';
type Received = { readonly url: string; readonly everything: string };
type Broken = {
  readonly name: string;
  readonly stage: Stage;
  answer(received: Received): { status: number; text: string };
};

/** Ways in which an answer goes wrong while it holds what it must not give away. */
const brokenAnswers: readonly {
  readonly name: string;
  answer(received: Received): { status: number; text: string };
}[] = [
  { name: 'echo as HTML, 502', answer: ({ everything }) => ({ status: 502, text: `<html>${everything}</html>` }) },
  { name: 'echo as text, 200', answer: ({ everything }) => ({ status: 200, text: everything }) },
  {
    name: 'echo in every field, 400',
    answer: ({ everything }) => ({
      status: 400,
      text: JSON.stringify({ Code: 'Odd', Message: everything, RequestId: 'R', HostId: everything }),
    }),
  },
  {
    name: 'server string to sign',
    answer: ({ everything }) => ({
      status: 400,
      text: JSON.stringify({
        Code: 'SignatureDoesNotMatch',
        Message: `no match. server string to sign is:${everything}`,
      }),
    }),
  },
  {
    name: 'IsSuccess false',
    answer: ({ everything }) => ({
      status: 200,
      text: JSON.stringify({ IsSuccess: false, code: 'Forbidden', message: everything }),
    }),
  },
  {
    name: 'half a JSON text with a token',
    answer: () => ({
      status: 200,
      text: `{"AuthorizationToken": "${planted('registryToken')}", "AccessKeySecret": "${planted('half')}`,
    }),
  },
  {
    name: 'a token with an unreadable expiry',
    answer: () => ({
      status: 200,
      text: JSON.stringify({
        AuthorizationToken: planted('registryToken'),
        TempUsername: 'cr_temp_user',
        ExpireTime: 'never',
        data: { authorizationToken: planted('registryToken'), tempUserName: 'cr_temp_user', expireDate: {} },
        Credentials: {
          AccessKeyId: 'STS.x',
          AccessKeySecret: planted('late'),
          SecurityToken: planted('late2'),
          Expiration: planted('x'),
        },
        Code: planted('code'),
        AccessKeySecret: planted('meta'),
      }),
    }),
  },
  { name: 'an empty body', answer: () => ({ status: 200, text: '' }) },
  { name: 'a redirect', answer: ({ everything }) => ({ status: 302, text: everything }) },
  {
    name: 'a date refusal',
    answer: ({ everything }) => ({
      status: 400,
      text: JSON.stringify({ Code: 'InvalidTimeStamp.Expired', Message: everything }),
    }),
  },
];

const identities: readonly {
  readonly name: string;
  readonly identity: Identity;
  readonly tokenMode?: TokenMode;
  readonly stages: readonly Stage[];
}[] = [
  {
    name: 'AccessKey',
    identity: { kind: 'access-key', accessKeyId: 'LTAI5t', accessKeySecret: new SecretText(planted('inline')) },
    stages: ['cr'],
  },
  { name: 'AccessKey of a Secret', identity: { kind: 'access-key-secret', secretName: 'key' }, stages: ['cr'] },
  { name: 'worker role', identity: { kind: 'cluster-role' }, tokenMode: 'workerRole', stages: ['metadata', 'cr'] },
  { name: 'managed role', identity: { kind: 'cluster-role' }, tokenMode: 'managedRole', stages: ['cr'] },
  {
    name: 'RRSA',
    identity: { kind: 'rrsa', roleArn: 'acs:ram::1:role/r', oidcProviderArn: 'acs:ram::1:oidc-provider/p' },
    stages: ['sts', 'cr'],
  },
  {
    name: 'a role on top of the managed role',
    identity: {
      kind: 'assumed-role',
      roleArn: 'acs:ram::1:role/r',
      sessionSeconds: 3600,
      base: { kind: 'cluster-role' },
    },
    tokenMode: 'managedRole',
    stages: ['sts', 'cr'],
  },
];

describe('Alibaba Cloud: no secret comes out', () => {
  let server: Server;
  let endpoint: URL;
  let folder: string;
  let broken: Broken | undefined;
  const urls: string[] = [];

  const good = {
    cr: () => ({
      AuthorizationToken: planted('registryToken'),
      TempUsername: 'cr_temp_user',
      ExpireTime: Date.now() + 3_600_000,
      data: {
        authorizationToken: planted('registryToken'),
        tempUserName: 'cr_temp_user',
        expireDate: Date.now() + 3_600_000,
      },
    }),
    sts: () => ({
      Credentials: {
        AccessKeyId: 'STS.a',
        AccessKeySecret: planted('stsSecret'),
        SecurityToken: planted('stsToken'),
        Expiration: later(),
      },
    }),
    metadata: () => ({
      Code: 'Success',
      AccessKeyId: 'STS.m',
      AccessKeySecret: planted('ecsSecret'),
      SecurityToken: planted('ecsToken'),
      Expiration: later(),
    }),
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-canary-'));
    const keyring = '0123456789abcdef';
    await writeFile(join(folder, 'token'), jwt);
    await writeFile(
      join(folder, 'token-config'),
      JSON.stringify({
        'access.key.id': encryptField('STS.k', keyring),
        'access.key.secret': encryptField(planted('managedSecret'), keyring),
        'security.token': encryptField(planted('managedToken'), keyring),
        expiration: later(),
        keyring,
      }),
    );
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = request.url ?? '';
        urls.push(url);
        const form = decodeURIComponent(Buffer.concat(chunks).toString('utf8'));
        // Secrets first: a message is cut at some length.
        const everything = [request.headers['x-acs-security-token'], form, url, ...request.rawHeaders].join(' ');
        const stage = url.startsWith('/latest/')
          ? 'metadata'
          : (request.headers.host ?? '').startsWith('sts')
            ? 'sts'
            : 'cr';
        if (url === '/latest/api/token') return response.end(planted('metadataToken').replaceAll(/\W/g, ''));
        if (url.endsWith('/security-credentials/')) return response.end('role');
        const answer =
          broken?.stage === stage
            ? broken.answer({ url, everything })
            : { status: 200, text: JSON.stringify(good[stage]()) };
        return response.writeHead(answer.status, { location: 'http://127.0.0.1:1/' }).end(answer.text);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  const fetchOnce = async (identity: Identity, tokenMode: TokenMode, edition: 'enterprise' | 'personal') => {
    const metadata = createMetadataService({ clock: Date.now, endpoint, v1Disabled: false });
    const issuer = createCredentialIssuer({
      clock: Date.now,
      metadata,
      regionFinder: { findRegion: async () => 'cn-hangzhou' },
      secrets: {
        readSecret: async () =>
          new Map([
            ['access-key-id', new SecretText('LTAI5t')],
            ['access-key-secret', new SecretText(planted('secretOfSecret'))],
          ]),
      },
      tokenMode,
      managedRoleTokenFile: join(folder, 'token-config'),
      oidcTokenFile: join(folder, 'token'),
      openApiEndpoint: endpoint,
      allowedHosts: [],
    });
    const source = edition === 'enterprise' ? enterpriseSource({ identity }) : personalSource({ identity });
    try {
      return await issuer.fetchCredential(source, never);
    } finally {
      await issuer.close();
      await metadata.close();
    }
  };

  for (const { name, identity, tokenMode = 'auto', stages } of identities) {
    it(`${name}: good answers give a credential that prints no secret`, async () => {
      broken = undefined;
      const credential = await fetchOnce(identity, tokenMode, 'enterprise');

      assert.equal(credential.password.reveal(), planted('registryToken'));
      assertClean(JSON.stringify(credential), inspect(credential));
    });

    for (const stage of stages) {
      for (const edition of stage === 'cr' ? (['enterprise', 'personal'] as const) : (['enterprise'] as const)) {
        it(`${name}: no broken answer of ${stage} (${edition}) makes a failure that holds a secret`, async () => {
          for (const answer of brokenAnswers) {
            broken = { ...answer, stage };
            const thrown: unknown = await fetchOnce(identity, tokenMode, edition).then(
              () => undefined,
              (error: unknown) => error,
            );

            assert.ok(thrown instanceof Failure, `${answer.name}: ${inspect(thrown)}`);
            assert.notEqual(thrown.code, 'unexpected', `${answer.name}: ${thrown.message}`);
            assertClean(
              thrown.message,
              thrown.hint,
              thrown.stack ?? '',
              JSON.stringify(thrown),
              inspect(thrown, { depth: 20, showHidden: true }),
            );
          }
        });
      }
    }
  }

  it('no URL that was called holds a secret', () => {
    assert.ok(urls.length > 50);
    assertClean(...urls);
  });

  function assertClean(...texts: readonly string[]): void {
    for (const text of texts) assert.ok(!text.includes('CANARY'), `a secret came out: ${text}`);
  }
});
