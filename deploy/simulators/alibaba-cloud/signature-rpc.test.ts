import assert from 'node:assert/strict';

import { CloudError } from './cloud-error.ts';
import { toCloudRequest, type CloudRequest } from './cloud-request.ts';
import { isSignedWith } from './signature-claim.ts';
import { readSignatureRpc } from './signature-rpc.ts';

describe('RPC V1 signature', () => {
  it('agrees with the published vector for POST', () => {
    assert.equal(isSigned(vectorRequest('POST', '9e7Fbd4p2+InfOICu1ucEPASdVo='), 'testSecret'), true);
  });

  it('agrees with the published vector for GET', () => {
    assert.equal(isSigned(vectorRequest('GET', 'OBuBQk8g6UNCr1CqARjlg8LJqsc='), 'testSecret'), true);
  });

  it('is the same whether the parameters stand in the query or in a form', () => {
    const inQuery = vectorRequest('POST', '9e7Fbd4p2+InfOICu1ucEPASdVo=');
    assert.equal(isSigned({ ...inQuery, query: [], form: inQuery.query }, 'testSecret'), true);
  });

  it('is refused with another secret', () => {
    assert.equal(isSigned(vectorRequest('POST', '9e7Fbd4p2+InfOICu1ucEPASdVo='), 'testSecres'), false);
  });

  it('is refused when a parameter was changed after signing', () => {
    const request = vectorRequest('POST', '9e7Fbd4p2+InfOICu1ucEPASdVo=');
    const query = request.query.map(([name, value]) => [name, name === 'InstanceId' ? 'cri-abd' : value] as const);
    assert.equal(isSigned({ ...request, query }, 'testSecret'), false);
  });

  it('is refused without a nonce', () => {
    const request = vectorRequest('POST', 'x');
    const query = request.query.filter(([name]) => name !== 'SignatureNonce');
    assert.throws(
      () => readSignatureRpc({ ...request, query }),
      (error) => error instanceof CloudError && error.code === 'IncompleteSignature',
    );
  });
});

function vectorRequest(method: string, signature: string): CloudRequest {
  const query = new URLSearchParams({
    Action: 'GetAuthorizationToken',
    Format: 'JSON',
    Version: '2018-12-01',
    InstanceId: 'cri-abc',
    AccessKeyId: 'testAK',
    Timestamp: '2026-01-02T03:04:05Z',
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: '0123456789abcdef',
    Signature: signature,
  });
  return toCloudRequest(method, `/?${query.toString()}`, { host: 'cr.cn-hangzhou.aliyuncs.com' });
}

function isSigned(request: CloudRequest, secret: string): boolean {
  const claim = readSignatureRpc(request);
  assert.ok(claim !== undefined);
  return isSignedWith(claim, secret);
}
