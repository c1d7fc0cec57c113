import { createHash, createHmac } from 'node:crypto';

import { cloudError, type CloudError } from './cloud-error.ts';
import type { CloudRequest } from './cloud-request.ts';
import { canonicalParameters } from './percent-encoding.ts';
import type { SignatureClaim } from './signature-claim.ts';

const algorithm = 'ACS3-HMAC-SHA256';

/** Headers without which a V3 signature says too little. Source: "V3 request body & signature mechanism". */
const requiredHeaders = [
  'host',
  'x-acs-action',
  'x-acs-version',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-content-sha256',
];

/**
 * Reads an `ACS3-HMAC-SHA256` signature. Throws `CloudError` when a required header is missing, when `host`, `content-type` or
 * an `x-acs-*` header is not covered by the signature, or when the body is not the one that was signed.
 */
export function readSignatureV3(request: CloudRequest): SignatureClaim | undefined {
  const authorization = request.headers['authorization'] ?? '';
  if (!authorization.startsWith(`${algorithm} `)) return undefined;
  const [, accessKeyId, names, signature] =
    /^ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/.exec(authorization) ??
    [];
  if (accessKeyId === undefined || names === undefined || signature === undefined) {
    throw incomplete('The Authorization header must read Credential=…,SignedHeaders=…,Signature=….');
  }
  const signedHeaders = names.split(';');
  checkCoverage(request, signedHeaders);
  checkBody(request);
  const stringToSign = `${algorithm}\n${sha256Hex(canonicalRequestV3(request, signedHeaders))}`;
  return {
    scheme: 'v3',
    accessKeyId,
    securityToken: request.headers['x-acs-security-token'],
    signedAt: Date.parse(request.headers['x-acs-date'] ?? ''),
    nonce: request.headers['x-acs-signature-nonce'] ?? '',
    signature,
    stringToSign,
    expectedSignature: (secret) => createHmac('sha256', secret).update(stringToSign).digest('hex'),
  };
}

/** The text whose hash is signed: method, path, query, headers, their names, hash of the body. */
export function canonicalRequestV3(request: CloudRequest, signedHeaders: readonly string[]): string {
  const headerLines = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`);
  return [
    request.method,
    request.path,
    canonicalParameters(request.query),
    headerLines.join(''),
    signedHeaders.join(';'),
    sha256Hex(request.body),
  ].join('\n');
}

/** Lower-case hex SHA-256. */
export function sha256Hex(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function checkCoverage(request: CloudRequest, signedHeaders: readonly string[]): void {
  const missing = requiredHeaders.filter((name) => (request.headers[name] ?? '') === '');
  if (missing.length > 0) throw incomplete(`The request has no ${missing.join(', ')}.`);
  const mustBeSigned = Object.keys(request.headers).filter(
    (name) => name === 'host' || name === 'content-type' || name.startsWith('x-acs-'),
  );
  const unsigned = mustBeSigned.filter((name) => !signedHeaders.includes(name));
  if (unsigned.length > 0) throw incomplete(`The signature does not cover ${unsigned.join(', ')}.`);
  if (signedHeaders.join(';') !== signedHeaders.toSorted().join(';')) {
    throw incomplete('SignedHeaders must be sorted and lower-case.');
  }
}

function checkBody(request: CloudRequest): void {
  if (request.headers['x-acs-content-sha256'] !== sha256Hex(request.body)) {
    throw cloudError('SignatureDoesNotMatch', 'x-acs-content-sha256 is not the hash of the body that arrived.');
  }
}

function incomplete(message: string): CloudError {
  return cloudError('IncompleteSignature', `The request signature does not conform to Aliyun standards. ${message}`);
}
