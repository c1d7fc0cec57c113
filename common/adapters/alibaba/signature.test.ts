import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import openApiUtil from '@alicloud/openapi-util';
import * as fc from 'fast-check';

import { SecretText } from '../../domain/secret-text.ts';
import type { Session } from './session.ts';
import { encodeParameters, isoSeconds, signRequest, type RequestToSign } from './signature.ts';

const vectorRequest: RequestToSign = {
  method: 'POST',
  host: 'cr.cn-hangzhou.aliyuncs.com',
  path: '/',
  query: { InstanceId: 'cri-abc' },
  action: 'GetAuthorizationToken',
  version: '2018-12-01',
  body: '',
  nonce: '0123456789abcdef',
  signedAt: Date.parse('2026-01-02T03:04:05Z'),
};
const keyPair: Session = { accessKeyId: 'testAK', accessKeySecret: new SecretText('testSecret') };
const temporary: Session = {
  accessKeyId: 'STS.testAK',
  accessKeySecret: new SecretText('testSecret'),
  securityToken: new SecretText('testToken'),
};

describe('signature of a request', () => {
  it('agrees with the vector for a key pair', () => {
    const { authorization } = signRequest(vectorRequest, keyPair);

    assert.equal(
      authorization,
      'ACS3-HMAC-SHA256 Credential=testAK,' +
        'SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,' +
        'Signature=34559249bcc5f0a91f5732c726c97fef2ec3049153d026c0d5c9b1def3591151',
    );
  });

  it('agrees with the vector for a temporary session, whose key id and token are signed too', () => {
    const headers = signRequest(vectorRequest, temporary);

    assert.match(
      headers['authorization'] ?? '',
      /Signature=50a4db215fdc8451c4a9100e2593e9eb671824203d8192bc97acdd34f65ae97e$/,
    );
    assert.equal(headers['x-acs-accesskey-id'], 'STS.testAK');
    assert.equal(headers['x-acs-security-token'], 'testToken');
  });

  it('agrees with Alibaba Cloud’s own signer for any request', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.]{0,20}$/);
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    const session = fc.record({
      accessKeyId: fc.stringMatching(/^[A-Za-z0-9.]{1,30}$/),
      secret: fc.string({ minLength: 1, maxLength: 60 }),
      token: fc.option(fc.stringMatching(/^[!-~]{1,300}$/), { nil: undefined }),
    });
    const request = fc.record({
      method: fc.constantFrom('GET' as const, 'POST' as const),
      path: fc.constantFrom('/', '/tokens'),
      query: fc.dictionary(name, text, { maxKeys: 8 }),
      body: text,
      nonce: fc.uuid(),
      signedAt: fc.integer({ min: 0, max: 4e12 }),
    });
    fc.assert(
      fc.property(request, session, (parts, { accessKeyId, secret, token }) => {
        const toSign: RequestToSign = {
          ...vectorRequest,
          ...parts,
          contentType: parts.body === '' ? undefined : 'application/x-www-form-urlencoded',
        };
        const signer: Session = {
          accessKeyId,
          accessKeySecret: new SecretText(secret),
          securityToken: token === undefined ? undefined : new SecretText(token),
        };
        const headers = signRequest(toSign, signer);

        assert.equal(headers['authorization'], officialAuthorization(toSign, headers, accessKeyId, secret));
      }),
      { numRuns: 300 },
    );
  });

  it('writes dates to the second, in UTC', () => {
    assert.equal(isoSeconds(Date.parse('2026-01-02T03:04:05.678Z')), '2026-01-02T03:04:05Z');
  });

  it('encodes parameters as the signature does, so that both sides hash the same text', () => {
    assert.equal(encodeParameters({ a: "!*'() +/=&~", b: 'ü' }), 'a=%21%2A%27%28%29%20%2B%2F%3D%26~&b=%C3%BC');
  });
});

/** By Alibaba Cloud's own signer. It reads just these fields of its HTTP client's request. */
function officialAuthorization(
  request: RequestToSign,
  headers: Readonly<Record<string, string>>,
  accessKeyId: string,
  secret: string,
): string {
  const { authorization: _ours, ...toSign } = headers;
  return openApiUtil.default.getAuthorization(
    { method: request.method, pathname: request.path, query: { ...request.query }, headers: toSign } as SignerRequest,
    'ACS3-HMAC-SHA256',
    createHash('sha256').update(request.body).digest('hex'),
    accessKeyId,
    secret,
  );
}

type SignerRequest = Parameters<typeof openApiUtil.default.getAuthorization>[0];
