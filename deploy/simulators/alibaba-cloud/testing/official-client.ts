import { createHash, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';

import OpenApiUtil from '@alicloud/openapi-util';
import * as tea from '@alicloud/tea-typescript';

/** Who signs in a test. */
export type TestKey = {
  readonly id: string;
  readonly secret: string;
  readonly securityToken?: string | undefined;
};

export type TestAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** The body read as JSON; `{}` when it is none. */
  readonly body: TestBody;
};

/** Every field that tests look at, of whatever answer. */
export type TestBody = {
  readonly [field: string]: unknown;
  readonly Code?: string;
  readonly code?: string;
  readonly AuthorizationToken?: string;
  readonly ExpireTime?: number;
  readonly Credentials?: {
    readonly AccessKeyId: string;
    readonly AccessKeySecret: string;
    readonly SecurityToken: string;
    readonly Expiration: string;
  };
  readonly data?: { readonly authorizationToken: string; readonly tempUserName: string; readonly expireDate: number };
};

export type SignedCall = {
  readonly url: string;
  /** Kept in `Host` and signed, while the connection goes to `url`. */
  readonly host: string;
  readonly action: string;
  readonly version: string;
  readonly key: TestKey;
  /** ms since the epoch; default: now. */
  readonly at?: number | undefined;
  readonly nonce?: string | undefined;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
};

/** One call with a V3 signature that Alibaba Cloud's own signer made. */
export async function callSigned(call: SignedCall): Promise<TestAnswer> {
  const request = new tea.Request();
  request.method = call.method ?? 'POST';
  request.pathname = call.path ?? '/';
  request.query = { ...call.query };
  const bodyHash = createHash('sha256').update('').digest('hex');
  request.headers = {
    host: call.host,
    'x-acs-action': call.action,
    'x-acs-version': call.version,
    'x-acs-date': new Date(call.at ?? Date.now()).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    'x-acs-signature-nonce': call.nonce ?? randomUUID(),
    'x-acs-content-sha256': bodyHash,
    ...(call.key.securityToken === undefined
      ? {}
      : { 'x-acs-accesskey-id': call.key.id, 'x-acs-security-token': call.key.securityToken }),
  };
  const { id, secret } = call.key;
  const authorization = OpenApiUtil.default.getAuthorization(request, 'ACS3-HMAC-SHA256', bodyHash, id, secret);
  const search = new URLSearchParams(call.query ?? {}).toString();
  const target = search === '' ? request.pathname : `${request.pathname}?${search}`;
  return send(call.url, request.method, target, { ...request.headers, authorization });
}

/** One request just as it is told. Rejects when the connection breaks. */
export async function send(
  url: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${url}${target}`, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parse(text: string): TestBody {
  try {
    return JSON.parse(text) as TestBody;
  } catch {
    return {};
  }
}
