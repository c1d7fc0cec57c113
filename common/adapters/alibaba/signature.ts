import { createHash, createHmac } from 'node:crypto';

import type { Session } from './session.ts';

/** A request as it is signed: what is not in here does not reach the wire. RPC calls have the path `/`. */
export type RequestToSign = {
  readonly method: 'GET' | 'POST';
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly action: string;
  readonly version: string;
  readonly body: string;
  /** Of the body; absent when there is none. */
  readonly contentType?: string | undefined;
  /** Never used twice. */
  readonly nonce: string;
  /** ms since the epoch, by the cloud's clock: a date more than 15 minutes off is refused. */
  readonly signedAt: number;
};

/**
 * All headers of a signed request, lower-case, `authorization` included.
 *
 * Signature version 3, `ACS3-HMAC-SHA256`; RPC and ROA calls are signed alike. A property test holds it to Alibaba Cloud's own
 * signer (docs/adr/0002). Source: "V3 request structure and signature mechanism" of the OpenAPI documentation.
 */
export function signRequest(request: RequestToSign, session: Session): Readonly<Record<string, string>> {
  const bodyHash = sha256(request.body);
  const headers: Record<string, string> = {
    host: request.host,
    accept: 'application/json',
    'x-acs-action': request.action,
    'x-acs-version': request.version,
    'x-acs-date': isoSeconds(request.signedAt),
    'x-acs-signature-nonce': request.nonce,
    'x-acs-content-sha256': bodyHash,
  };
  if (request.contentType !== undefined) headers['content-type'] = request.contentType;
  if (session.securityToken !== undefined) {
    headers['x-acs-accesskey-id'] = session.accessKeyId;
    headers['x-acs-security-token'] = session.securityToken.reveal();
  }
  headers['authorization'] = authorizationOf(request, headers, bodyHash, session);
  return headers;
}

/** `2026-01-02T03:04:05Z`: the date format of every Alibaba Cloud API. */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Query or form text: RFC 3986 percent-encoding, which is stricter than `URLSearchParams`, as the signature demands. */
export function encodeParameters(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .join('&');
}

function authorizationOf(
  request: RequestToSign,
  headers: Readonly<Record<string, string>>,
  bodyHash: string,
  session: Session,
): string {
  const names = Object.keys(headers).filter(isSigned).toSorted();
  const canonicalRequest = [
    request.method,
    request.path,
    encodeParameters(Object.fromEntries(Object.entries(request.query).toSorted(([a], [b]) => (a < b ? -1 : 1)))),
    ...names.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    names.join(';'),
    bodyHash,
  ].join('\n');
  const signature = createHmac('sha256', session.accessKeySecret.reveal())
    .update(`${algorithm}\n${sha256(canonicalRequest)}`)
    .digest('hex');
  return `${algorithm} Credential=${session.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
}

const algorithm = 'ACS3-HMAC-SHA256';

function isSigned(header: string): boolean {
  return header === 'host' || header === 'content-type' || header.startsWith('x-acs-');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
