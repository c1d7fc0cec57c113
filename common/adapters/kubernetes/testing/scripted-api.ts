import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createApiClient, type ApiClient, type ApiClientOptions } from '../requests/api-client.ts';
import type { KubernetesConnection } from '../connection/kubernetes-connection.ts';

/** An HTTP server that answers the first request by the first step, and so on; requests beyond the last are left hanging. */
export type ScriptedApi = {
  readonly url: string;
  /** Method and URL of every request so far. */
  readonly requests: readonly SeenRequest[];
  readonly client: (options?: Partial<ApiClientOptions>) => ApiClient;
  readonly stop: () => Promise<void>;
};

export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
};

export type Step = (response: ServerResponse, request: IncomingMessage) => void;

export async function startScriptedApi(steps: readonly Step[]): Promise<ScriptedApi> {
  const requests: SeenRequest[] = [];
  const clients: ApiClient[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const { method = '', headers } = request;
    const step = steps[requests.length];
    requests.push({ method, path: url.pathname, query: url.searchParams, headers });
    request.resume();
    step?.(response, request);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    client(options) {
      const client = createApiClient({ connection: plainConnection(url), version: '1.2.3', ...options });
      clients.push(client);
      return client;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.close()));
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** Without credentials. */
export function plainConnection(baseUrl: string): KubernetesConnection {
  const none = {};
  return {
    baseUrl,
    origin: 'a test',
    tls: () => Promise.resolve(none),
    headers: () => Promise.resolve(none),
    refused: () => undefined,
  };
}

/** A step that answers with JSON. */
export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Step {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

/** A step that answers with a `Status`. */
export function refusal(code: number, reason: string, more: StatusParts = {}): Step {
  const { headers, details, message = 'said by the server' } = more;
  return json({ kind: 'Status', status: 'Failure', code, reason, message, details }, code, headers);
}

type StatusParts = {
  readonly message?: string;
  readonly details?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A step that starts a watch and then does what it is told. */
export function stream(then: (write: (text: string | Buffer) => void, response: ServerResponse) => void): Step {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    then((text) => void response.write(text), response);
  };
}
