import { request } from 'node:https';

export type ApiRequest = {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  /** PEM of the authority that vouches for the server. */
  readonly ca: string;
  readonly body?: unknown;
  readonly contentType?: string;
};

export type ApiResponse = {
  readonly status: number;
  readonly text: string;
};

/**
 * One request to an API server on a connection of its own, which is what a test's set-up wants: nothing is left open.
 *
 * Resolves with any status; rejects when there is no answer within 30 s.
 */
export function requestApi(baseUrl: string, ask: ApiRequest): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (ask.token !== undefined) headers['authorization'] = `Bearer ${ask.token}`;
    if (ask.body !== undefined) headers['content-type'] = ask.contentType ?? 'application/json';
    const outgoing = request(
      new URL(ask.path, baseUrl),
      { method: ask.method ?? 'GET', ca: ask.ca, headers, agent: false, timeout: 30_000 },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from ${baseUrl}${ask.path} for 30 s`)));
    outgoing.on('error', reject);
    outgoing.end(ask.body === undefined ? undefined : JSON.stringify(ask.body));
  });
}
