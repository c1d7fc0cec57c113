import type { IncomingMessage } from 'node:http';
import { parse as parseYaml } from 'yaml';
import type { Json } from './json.ts';
import type { Kind } from './kinds.ts';
import { decodeProtobuf } from './protobuf.ts';
import { badRequest, failure } from './status-errors.ts';

/** The longest body that the real server reads: 3 MiB. */
const bodyLimitBytes = 3 * 1024 * 1024;

/** Reads a request's body. @throws StatusError 413 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // The rest is read and thrown away: a client that is still sending would not see the answer.
    if (length <= bodyLimitBytes) chunks.push(chunk);
  }
  if (length > bodyLimitBytes) {
    throw failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bodyLimitBytes}`, {});
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** Decodes the body of a create or update by its media type. @throws StatusError 400, 415 */
export function decodeBody(kind: Kind, body: Buffer, contentType: string): Json {
  switch (contentType) {
    case '':
    case 'application/json':
      return parseWith((text) => JSON.parse(text) as Json, kind, body);
    case 'application/yaml':
      return parseWith((text) => parseYaml(text) as Json, kind, body);
    case 'application/vnd.kubernetes.protobuf':
      return decodeProtobuf(body);
    default:
      throw failure(
        415,
        'UnsupportedMediaType',
        'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
      );
  }
}

/** Decodes the optional DeleteOptions; without a body there are none. @throws StatusError 400 */
export function decodeDeleteOptions(body: Buffer): Json {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString()) as Json;
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${messageOf(error)}`);
  }
}

function parseWith(parse: (text: string) => Json, kind: Kind, body: Buffer): Json {
  const text = body.toString();
  try {
    return parse(text);
  } catch (error) {
    // The real server quotes the body; it may hold a secret, so we do not.
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${messageOf(error)}`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
