import assert from 'node:assert/strict';

import OpenApiUtil from '@alicloud/openapi-util';
import * as tea from '@alicloud/tea-typescript';
import * as fc from 'fast-check';

import { CloudError } from './cloud-error.ts';
import { toCloudRequest, type CloudRequest } from './cloud-request.ts';
import { isSignedWith } from './signature-claim.ts';
import { canonicalRequestV3, readSignatureV3, sha256Hex } from './signature-v3.ts';

describe('V3 signature', () => {
  it('agrees with the published vector for a long-lived key', () => {
    const request = vectorRequest({}, 'testAK', '34559249bcc5f0a91f5732c726c97fef2ec3049153d026c0d5c9b1def3591151');
    assert.equal(
      sha256Hex(canonicalRequestV3(request, signedHeadersOf(request))),
      'b8b8efd2e326cf4cace94553b28b06dfc0082f5f5ed4761063c5db1988b4169a',
    );
    assert.equal(isSigned(request, 'testSecret'), true);
  });

  it('agrees with the published vector for a session', () => {
    const request = vectorRequest(
      { 'x-acs-accesskey-id': 'STS.testAK', 'x-acs-security-token': 'testToken' },
      'STS.testAK',
      '50a4db215fdc8451c4a9100e2593e9eb671824203d8192bc97acdd34f65ae97e',
    );
    assert.equal(
      sha256Hex(canonicalRequestV3(request, signedHeadersOf(request))),
      'f72c6d9827b61448be042ea2c275871f83401d8ae11b561195486a8a5ab348a4',
    );
    assert.equal(isSigned(request, 'testSecret'), true);
  });

  it('agrees with the official signer for any query, body and secret', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[A-Za-z.0-9]{1,12}$/), word, { maxKeys: 6 }),
        word,
        word.filter((secret) => secret !== ''),
        (query, body, secret) => {
          const request = officiallySigned(query, Buffer.from(body), secret);
          assert.equal(isSigned(request, secret), true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is refused with another secret', () => {
    const request = officiallySigned({ InstanceId: 'cri-abc' }, Buffer.alloc(0), 'right');
    assert.equal(isSigned(request, 'wrong'), false);
  });

  it('is refused when the query was changed after signing', () => {
    const request = officiallySigned({ InstanceId: 'cri-abc' }, Buffer.alloc(0), 'right');
    assert.equal(isSigned({ ...request, query: [['InstanceId', 'cri-abd']] }, 'right'), false);
  });

  it('is refused when the body was changed after signing', () => {
    const request = officiallySigned({}, Buffer.from('a=1'), 'right');
    assert.throws(() => readSignatureV3({ ...request, body: Buffer.from('a=2') }), hasCode('SignatureDoesNotMatch'));
  });

  it('is refused when an x-acs header is not covered', () => {
    const request = officiallySigned({}, Buffer.alloc(0), 'right');
    const headers = { ...request.headers, 'x-acs-security-token': 'smuggled' };
    assert.throws(() => readSignatureV3({ ...request, headers }), hasCode('IncompleteSignature'));
  });

  it('is refused when the host is not covered', () => {
    const request = officiallySigned({}, Buffer.alloc(0), 'right');
    const authorization = (request.headers['authorization'] ?? '').replace(';host;', ';');
    assert.throws(
      () => readSignatureV3({ ...request, headers: { ...request.headers, authorization } }),
      hasCode('IncompleteSignature'),
    );
  });

  for (const name of ['x-acs-action', 'x-acs-version', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-content-sha256']) {
    it(`is refused without ${name}`, () => {
      const request = officiallySigned({}, Buffer.alloc(0), 'right');
      const headers = Object.fromEntries(Object.entries(request.headers).filter(([header]) => header !== name));
      assert.throws(() => readSignatureV3({ ...request, headers }), hasCode('IncompleteSignature'));
    });
  }
});

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function vectorRequest(extra: Record<string, string>, accessKeyId: string, signature: string): CloudRequest {
  const headers: Record<string, string> = {
    host: 'cr.cn-hangzhou.aliyuncs.com',
    'x-acs-action': 'GetAuthorizationToken',
    'x-acs-version': '2018-12-01',
    'x-acs-date': '2026-01-02T03:04:05Z',
    'x-acs-signature-nonce': '0123456789abcdef',
    'x-acs-content-sha256': emptyHash,
    ...extra,
  };
  const names = Object.keys(headers).toSorted().join(';');
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}`;
  return toCloudRequest('POST', '/?InstanceId=cri-abc', { ...headers, authorization });
}

/** Signed by Alibaba Cloud's own signer, which knows nothing of this folder. */
function officiallySigned(query: Record<string, string>, body: Buffer, secret: string): CloudRequest {
  const request = new tea.Request();
  request.method = 'POST';
  request.pathname = '/';
  request.query = query;
  const bodyHash = sha256Hex(body);
  request.headers = {
    host: 'cr.cn-hangzhou.aliyuncs.com',
    'content-type': 'application/octet-stream',
    'x-acs-action': 'GetAuthorizationToken',
    'x-acs-version': '2018-12-01',
    'x-acs-date': '2026-01-02T03:04:05Z',
    'x-acs-signature-nonce': 'nonce',
    'x-acs-content-sha256': bodyHash,
  };
  const signer = OpenApiUtil.default;
  const authorization = signer.getAuthorization(request, 'ACS3-HMAC-SHA256', bodyHash, 'testAK', secret);
  const target = `/?${new URLSearchParams(query).toString()}`;
  return toCloudRequest('POST', target, { ...request.headers, authorization }, body);
}

function signedHeadersOf(request: CloudRequest): readonly string[] {
  return Object.keys(request.headers)
    .filter((name) => name !== 'authorization')
    .toSorted();
}

function isSigned(request: CloudRequest, secret: string): boolean {
  const claim = readSignatureV3(request);
  assert.ok(claim !== undefined);
  return isSignedWith(claim, secret);
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof CloudError && error.code === code;
}
