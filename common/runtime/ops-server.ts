import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure, toFailure } from '../domain/failure.ts';
import { metricsFormats, type Metrics, type MetricsFormat } from './metrics.ts';

/** What stands in the way of readiness or health, one sentence each; empty when all is well. */
export type HealthCheck = () => readonly string[] | Promise<readonly string[]>;

export type OpsServerOptions = {
  readonly address: { readonly host: string; readonly port: number };
  readonly metrics: Metrics;
  readonly alive: HealthCheck;
  readonly ready: HealthCheck;
  /** How things are, as JSON without secrets; `everything`: with a row for every namespace. */
  readonly status?: ((everything: boolean) => Promise<unknown>) | undefined;
  /** Whoever answers other paths. */
  readonly pages?: ExtraPages | undefined;
};

/** Resolves with whether the path is one of its own; then it has been answered. */
export type ExtraPages = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

export type OpsServer = { readonly url: string; close(): Promise<void> };

/** Serves `/metrics`, `/healthz`, `/readyz` and `/api/status`. Throws `address-in-use`. */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => {
    const [path = '/', query] = (request.url ?? '/').split('?', 2);
    const respondOther = async (): Promise<void> => {
      if ((await options.pages?.(request, response)) !== true) respondNotFound(response);
    };
    const accept = request.headers.accept ?? '';
    void respond({ path, query, accept, respondOther }, response, options).catch((error: unknown) => {
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

type Asked = {
  readonly path: string;
  readonly query: string | undefined;
  readonly accept: string;
  readonly respondOther: () => Promise<void>;
};

async function respond(
  { path, query, accept, respondOther }: Asked,
  response: ServerResponse,
  { metrics, alive, ready, status }: OpsServerOptions,
): Promise<void> {
  switch (path) {
    case '/metrics':
      return respondMetrics(
        response,
        metrics,
        accept.includes('application/openmetrics-text') ? 'openmetrics' : 'prometheus',
      );
    case '/healthz':
      return respondHealth(response, await alive());
    case '/readyz':
      return respondHealth(response, await ready());
    case '/api/status':
      return respondStatus(response, status, new URLSearchParams(query).get('namespaces') === 'all');
    default:
      return respondOther();
  }
}

function respondNotFound(response: ServerResponse): void {
  response
    .writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
    .end('here are /, /metrics, /healthz, /readyz and /api/status\n');
}

async function respondMetrics(response: ServerResponse, metrics: Metrics, format: MetricsFormat): Promise<void> {
  // First the text: what fails must still be able to say so in the head.
  const text = await metrics.text(format);
  response.writeHead(200, { 'content-type': metricsFormats[format] }).end(text);
}

function respondHealth(response: ServerResponse, problems: readonly string[]): void {
  const text = problems.length === 0 ? 'ok\n' : `${problems.join('\n')}\n`;
  response.writeHead(problems.length === 0 ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}

async function respondStatus(response: ServerResponse, status: OpsServerOptions['status'], everything: boolean) {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  };
  try {
    const text = JSON.stringify((await status?.(everything)) ?? null);
    response.writeHead(200, headers).end(`${text}\n`);
  } catch (error) {
    const { message, code, hint } = toFailure(error);
    response.writeHead(503, headers).end(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  }
}

async function listen(server: Server, { host, port }: OpsServerOptions['address']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isInUse = error.code === 'EADDRINUSE';
      const what = isInUse ? 'is in use' : `cannot be used (${error.code ?? error.message})`;
      const hint = 'write an address of this machine, or 0.0.0.0 for all of them, and a port that this user may open';
      const options = { cause: error, ...(isInUse ? {} : { hint }) };
      reject(new Failure('address-in-use', `--ops-address ${host}:${port} ${what}`, options));
    });
    server.listen(port, host, resolve);
  });
}
