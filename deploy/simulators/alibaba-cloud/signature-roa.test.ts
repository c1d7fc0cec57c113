import assert from 'node:assert/strict';

import OpenApiUtil from '@alicloud/openapi-util';
import * as tea from '@alicloud/tea-typescript';

import { CloudError } from './cloud-error.ts';
import { toCloudRequest, type CloudRequest } from './cloud-request.ts';
import { isSignedWith } from './signature-claim.ts';
import { readSignatureRoa } from './signature-roa.ts';

describe('ROA V1 signature', () => {
  it('agrees with the official signer', () => {
    assert.equal(isSigned(officiallySigned('/tokens', {}), 'testSecret'), true);
  });

  it('agrees with the official signer when there is a query', () => {
    assert.equal(isSigned(officiallySigned('/repos', { Page: '2', Filter: 'a b', Empty: 'x' }), 'testSecret'), true);
  });

  it('is refused with another secret', () => {
    assert.equal(isSigned(officiallySigned('/tokens', {}), 'other'), false);
  });

  it('is refused when an x-acs header was changed after signing', () => {
    const request = officiallySigned('/tokens', {});
    const headers = { ...request.headers, 'x-acs-security-token': 'other' };
    assert.equal(isSigned({ ...request, headers }, 'testSecret'), false);
  });

  it('is refused without a date', () => {
    const request = officiallySigned('/tokens', {});
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== 'date'));
    assert.throws(
      () => readSignatureRoa({ ...request, headers }),
      (error) => error instanceof CloudError && error.code === 'IncompleteSignature',
    );
  });
});

/** Signed by Alibaba Cloud's own signer, which knows nothing of this folder. */
function officiallySigned(pathname: string, query: Record<string, string>): CloudRequest {
  const request = new tea.Request();
  request.method = 'GET';
  request.pathname = pathname;
  request.query = query;
  request.headers = {
    host: 'cr.cn-hangzhou.aliyuncs.com',
    accept: 'application/json',
    date: 'Fri, 02 Jan 2026 03:04:05 GMT',
    'x-acs-version': '2016-06-07',
    'x-acs-signature-nonce': '0123456789abcdef',
    'x-acs-signature-method': 'HMAC-SHA1',
    'x-acs-signature-version': '1.0',
    'x-acs-security-token': 'testToken',
  };
  const signer = OpenApiUtil.default;
  const signature = signer.getROASignature(signer.getStringToSign(request), 'testSecret');
  const target = Object.keys(query).length === 0 ? pathname : `${pathname}?${new URLSearchParams(query).toString()}`;
  return toCloudRequest('GET', target, { ...request.headers, authorization: `acs testAK:${signature}` });
}

function isSigned(request: CloudRequest, secret: string): boolean {
  const claim = readSignatureRoa(request);
  assert.ok(claim !== undefined);
  return isSignedWith(claim, secret);
}
