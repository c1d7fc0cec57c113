import { createHmac } from 'node:crypto';

import { cloudError } from './cloud-error.ts';
import { parameter, type CloudRequest } from './cloud-request.ts';
import { canonicalParameters, percentEncode } from './percent-encoding.ts';
import type { SignatureClaim } from './signature-claim.ts';

const requiredParameters = ['AccessKeyId', 'Timestamp', 'SignatureNonce', 'SignatureMethod', 'SignatureVersion'];

/**
 * Reads an RPC V1 signature: HMAC-SHA1 over method and all parameters, of the query and of the form. Throws `CloudError` when
 * one of the signature's own parameters is missing or asks for another algorithm.
 */
export function readSignatureRpc(request: CloudRequest): SignatureClaim | undefined {
  const signature = parameter(request, 'Signature');
  if (signature === undefined) return undefined;
  const missing = requiredParameters.filter((name) => (parameter(request, name) ?? '') === '');
  if (missing.length > 0) throw cloudError('IncompleteSignature', `The request has no ${missing.join(', ')}.`);
  if (parameter(request, 'SignatureMethod') !== 'HMAC-SHA1' || parameter(request, 'SignatureVersion') !== '1.0') {
    throw cloudError('InvalidParameter.SignatureMethod', 'Only HMAC-SHA1, version 1.0, is accepted.');
  }
  const stringToSign = rpcStringToSign(request);
  return {
    scheme: 'rpc-v1',
    accessKeyId: parameter(request, 'AccessKeyId') ?? '',
    securityToken: parameter(request, 'SecurityToken'),
    signedAt: Date.parse(parameter(request, 'Timestamp') ?? ''),
    nonce: parameter(request, 'SignatureNonce') ?? '',
    signature,
    stringToSign,
    expectedSignature: (secret) => createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64'),
  };
}

/** `METHOD&%2F&` and the encoded, sorted parameters without `Signature`. */
export function rpcStringToSign(request: CloudRequest): string {
  const signed = [...request.query, ...request.form].filter(([name]) => name !== 'Signature');
  return `${request.method}&%2F&${percentEncode(canonicalParameters(signed))}`;
}
