import type { ServerResponse } from 'node:http';
import type { JsonObject } from './json.ts';
import { StatusError } from './status-errors.ts';
import type { WatchRequest } from './watch-hub.ts';

/** What a request is answered with. */
export type Answer = BodyAnswer | { readonly type: 'watch'; readonly watch: WatchRequest };

export interface BodyAnswer {
  readonly type: 'body';
  readonly code: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export function json(
  code: number,
  body: JsonObject | string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): BodyAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { type: 'body', code, contentType: 'application/json', body: text, headers };
}

export function plain(code: number, body: string): BodyAnswer {
  return { type: 'body', code, contentType: 'text/plain; charset=utf-8', body };
}

/** The answer for a failure; one that nobody planned is a 500 with its message, as the API would say it. */
export function failed(error: unknown): BodyAnswer {
  if (error instanceof StatusError) return json(error.code, error.body, error.headers);
  const message = `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`;
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: 'InternalError',
    code: 500,
  };
  return json(500, body);
}

/** Sends a body; the client may be gone already. */
export function send(response: ServerResponse, answer: BodyAnswer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(answer.code, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-cache, private',
    ...(answer.headers as Record<string, string | string[]>),
  });
  response.end(answer.body);
}
