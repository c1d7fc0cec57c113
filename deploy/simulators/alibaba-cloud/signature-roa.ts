import { createHmac } from 'node:crypto';

import { cloudError } from './cloud-error.ts';
import type { CloudRequest } from './cloud-request.ts';
import { compare } from './percent-encoding.ts';
import type { SignatureClaim } from './signature-claim.ts';

/**
 * Reads a ROA V1 signature, `Authorization: acs <key>:<signature>`: HMAC-SHA1 over method, four headers, every `x-acs-*` header
 * and the path with its sorted query. Throws `CloudError` when the header cannot be read or the nonce or version is missing.
 */
export function readSignatureRoa(request: CloudRequest): SignatureClaim | undefined {
  const authorization = request.headers['authorization'] ?? '';
  if (!authorization.startsWith('acs ')) return undefined;
  const [, accessKeyId, signature] = /^acs ([^:]+):(.+)$/.exec(authorization) ?? [];
  if (accessKeyId === undefined || signature === undefined) {
    throw cloudError('IncompleteSignature', 'The Authorization header must read "acs <AccessKeyId>:<Signature>".');
  }
  const missing = ['date', 'x-acs-signature-nonce', 'x-acs-version'].filter(
    (name) => (request.headers[name] ?? '') === '',
  );
  if (missing.length > 0) throw cloudError('IncompleteSignature', `The request has no ${missing.join(', ')}.`);
  const stringToSign = roaStringToSign(request);
  return {
    scheme: 'roa-v1',
    accessKeyId,
    securityToken: request.headers['x-acs-security-token'],
    signedAt: Date.parse(request.headers['date'] ?? ''),
    nonce: request.headers['x-acs-signature-nonce'] ?? '',
    signature,
    stringToSign,
    expectedSignature: (secret) => createHmac('sha1', secret).update(stringToSign).digest('base64'),
  };
}

/** Method, `accept`, `content-md5`, `content-type`, `date`, the `x-acs-*` lines, and the path with its query. */
export function roaStringToSign(request: CloudRequest): string {
  const plain = ['accept', 'content-md5', 'content-type', 'date'].map((name) => request.headers[name] ?? '');
  const acsLines = Object.entries(request.headers)
    .filter(([name]) => name.startsWith('x-acs-'))
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, value]) => `${name}:${value.replaceAll(/[\t\n\r\f]/g, ' ').trim()}`);
  const query = request.query
    .toSorted(([a], [b]) => compare(a, b))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const resource = query.length === 0 ? request.path : `${request.path}?${query.join('&')}`;
  return [request.method, ...plain, ...acsLines, resource].join('\n');
}
