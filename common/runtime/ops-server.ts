import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure } from '../domain/failure.ts';
import type { Metrics } from './metrics.ts';

/** What stands in the way of readiness or health, one sentence each; empty when all is well. */
export type HealthCheck = () => readonly string[] | Promise<readonly string[]>;

export type OpsServerOptions = {
  readonly address: { readonly host: string; readonly port: number };
  readonly metrics: Metrics;
  readonly alive: HealthCheck;
  readonly ready: HealthCheck;
};

export type OpsServer = { readonly url: string; close(): Promise<void> };

/** Serves `/metrics`, `/healthz` and `/readyz`. Throws `address-in-use`. */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    void respond(path ?? '/', response, options).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${error instanceof Error ? error.message : 'internal error'}\n`);
    });
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  await listen(server, options.address);
  const { port } = server.address() as AddressInfo;
  const host = options.address.host === '0.0.0.0' ? '127.0.0.1' : options.address.host;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(
  path: string,
  response: ServerResponse,
  { metrics, alive, ready }: OpsServerOptions,
): Promise<void> {
  switch (path) {
    case '/metrics':
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(await metrics.text());
      return;
    case '/healthz':
      return respondHealth(response, await alive());
    case '/readyz':
      return respondHealth(response, await ready());
    default:
      response
        .writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
        .end('here are /metrics, /healthz and /readyz\n');
  }
}

function respondHealth(response: ServerResponse, problems: readonly string[]): void {
  const text = problems.length === 0 ? 'ok\n' : `${problems.join('\n')}\n`;
  response.writeHead(problems.length === 0 ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

async function listen(server: Server, { host, port }: OpsServerOptions['address']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code ?? error.message})`;
      reject(new Failure('address-in-use', `--ops-address ${host}:${port} ${what}`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}
