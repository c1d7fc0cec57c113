import type { IncomingMessage } from 'node:http';

import { cloudError } from './cloud-error.ts';
import { parseParameters, type Parameter } from './percent-encoding.ts';

/** One request as the simulated services see it. Header names are lower-case; `host` is the one the client sent and signed. */
export type CloudRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly Parameter[];
  /** Parameters of a form body; empty for other bodies. */
  readonly form: readonly Parameter[];
  readonly body: Buffer;
};

/** The largest body that is read; the longest documented parameter is an OIDC token of 20,000 characters. */
const largestBodyBytes = 256 * 1024;

/** Reads the whole request. Throws `CloudError` for a body that is too large or for text that is not percent-encoded. */
export async function readCloudRequest(incoming: IncomingMessage): Promise<CloudRequest> {
  return toCloudRequest(
    incoming.method ?? 'GET',
    incoming.url ?? '/',
    flatHeaders(incoming.headers),
    await readBody(incoming),
  );
}

/** A request from its parts, the way tests make one. */
export function toCloudRequest(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer = Buffer.alloc(0),
): CloudRequest {
  const mark = target.indexOf('?');
  const query = parseParameters(mark < 0 ? '' : target.slice(mark + 1));
  const isForm = (headers['content-type'] ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded');
  const form = isForm ? parseParameters(body.toString('utf8')) : [];
  if (query === undefined || form === undefined) {
    throw cloudError('InvalidParameter', 'The query or the form is not percent-encoded text.');
  }
  return { method, path: mark < 0 ? target : target.slice(0, mark), headers, query, form, body };
}

/** A parameter of the query or, failing that, of the form. */
export function parameter(request: CloudRequest, name: string): string | undefined {
  return find(request.query, name) ?? find(request.form, name);
}

/** A parameter that has to be there and must not be empty. Throws `MissingParameter`-like errors as the RPC gateway does. */
export function requiredParameter(request: CloudRequest, name: string): string {
  const value = parameter(request, name);
  if (value === undefined || value === '') {
    throw cloudError(`Missing${name}`, `${name} is mandatory for this action.`);
  }
  return value;
}

function find(parameters: readonly Parameter[], name: string): string | undefined {
  return parameters.find(([candidate]) => candidate === name)?.[1];
}

function flatHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === 'string' ? value : value.join(',')] as const];
    }),
  );
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    const part = Buffer.from(chunk as Uint8Array);
    bytes += part.length;
    if (bytes > largestBodyBytes) {
      throw cloudError('RequestEntityTooLarge', `The body is larger than ${largestBodyBytes} bytes.`, { status: 413 });
    }
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}
