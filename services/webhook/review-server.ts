import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Failure, toFailure } from '../../common/domain/failure.ts';
import type { ServingCertificate } from '../../common/domain/admission/serving-certificate.ts';

export type ReviewServerOptions = {
  readonly address: { readonly host: string; readonly port: number };
  readonly certificate: ServedCertificate;
  /** Answers the body of a POST to one of the paths; `undefined`: there is no such path. Throws `review-invalid`. */
  readonly answer: (path: string, body: string) => Promise<string | undefined>;
  /** What stands in the way of answering; nothing: ready. */
  readonly notReady: () => string | undefined;
  readonly limits?: Partial<ReviewServerLimits>;
};

export type ServedCertificate = Pick<ServingCertificate, 'certificate' | 'key'>;

export type ReviewServerLimits = {
  readonly bodyBytes: number;
  /** Until the headers are there, and until the whole request is. */
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
  readonly connections: number;
};

export type ReviewServer = {
  readonly port: number;
  /** For the connections to come; those that are there go on. Throws `webhook-certificate-invalid`. */
  useCertificate(certificate: ServedCertificate): void;
  /**
   * Answers for `lingerSeconds` more, ending each connection after its answer; then takes no new one, and waits for the answers that
   * are under way.
   */
  close(lingerSeconds?: number): Promise<void>;
};

/** An object of the API server has at most 1.5 MiB in etcd, and a review may hold it twice. */
const reviewLimits: ReviewServerLimits = {
  bodyBytes: 3 * 1024 * 1024,
  headersMilliseconds: 10_000,
  requestMilliseconds: 15_000,
  connections: 2_000,
};

/** HTTPS for the API server: bounded in size, time and connections. Throws `webhook-certificate-invalid`, `address-in-use`. */
export async function startReviewServer(options: ReviewServerOptions): Promise<ReviewServer> {
  const limits = { ...reviewLimits, ...options.limits };
  let closing = false;
  const server = createTlsServer(options.certificate, limits, (request, response) => {
    void replyTo(request, { ...options, limits }).then((reply) => send(request, response, reply, closing));
  });
  await listen(server, options.address);
  return {
    port: (server.address() as AddressInfo).port,
    useCertificate: ({ certificate, key }) =>
      checked(() => server.setSecureContext({ cert: certificate, key: key.reveal(), minVersion })),
    close: async (lingerSeconds = 0) => {
      closing = true;
      // Referenced: the process must not end before.
      await new Promise((resolve) => setTimeout(resolve, lingerSeconds * 1000));
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        // Connections that an API server opened in advance, and never used, do not count as idle.
        setTimeout(() => server.closeAllConnections(), drainMilliseconds).unref();
      });
    },
  };
}

const minVersion = 'TLSv1.2';

/** A review is answered within milliseconds; one of the ConfigMap may wait for Redis. */
const drainMilliseconds = 3_000;

function createTlsServer(
  { certificate, key }: ServedCertificate,
  limits: ReviewServerLimits,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = checked(() =>
    createServer(
      {
        cert: certificate,
        key: key.reveal(),
        minVersion,
        // Of an API server that asks about a burst of accounts come hundreds of handshakes at once.
        handshakeTimeout: limits.requestMilliseconds,
        connectionsCheckingInterval: Math.min(1000, limits.headersMilliseconds),
      },
      handle,
    ),
  );
  server.headersTimeout = limits.headersMilliseconds;
  server.requestTimeout = limits.requestMilliseconds;
  // An API server keeps an idle connection for 90 s: ours must be the longer, so that it never uses one that we just closed.
  server.keepAliveTimeout = 120_000;
  server.maxConnections = limits.connections;
  // A client that speaks no TLS, or breaks off: nothing to do, and nothing to log for each of a scanner's attempts.
  server.on('tlsClientError', () => undefined);
  return server;
}

function checked<T>(use: () => T): T {
  try {
    return use();
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'unknown';
    throw new Failure('webhook-certificate-invalid', `certificate and key cannot be used: ${problem}`, {
      cause: error,
    });
  }
}

type ReplyOptions = Omit<ReviewServerOptions, 'limits'> & { readonly limits: ReviewServerLimits };

type Reply = {
  readonly status: number;
  readonly text: string;
  readonly isJson?: boolean;
  /** The body was not read to its end: the rest may still come, and the connection is of no more use. */
  readonly endsConnection?: boolean;
};

/** Never rejects. */
async function replyTo(request: IncomingMessage, options: ReplyOptions): Promise<Reply> {
  try {
    return await reply(request, options);
  } catch (error) {
    const { code, message } = toFailure(error);
    return { status: code === 'review-invalid' ? 400 : 500, text: message };
  }
}

async function reply(request: IncomingMessage, { answer, notReady, limits }: ReplyOptions): Promise<Reply> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (path === '/healthz') {
    const problem = notReady();
    return { status: problem === undefined ? 200 : 503, text: problem ?? 'ok' };
  }
  if (request.method !== 'POST') return { status: 405, text: 'reviews are sent by POST', endsConnection: true };
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    return { status: 415, text: 'the content type must be application/json', endsConnection: true };
  const body = await readBody(request, limits.bodyBytes);
  if (body === undefined)
    return { status: 413, text: `the body is larger than ${limits.bodyBytes} bytes`, endsConnection: true };
  const text = await answer(path, body);
  return text === undefined
    ? { status: 404, text: 'there is no webhook at this path' }
    : { status: 200, text, isJson: true };
}

/** `undefined`: it is too large, and the rest was not read. Rejects when the client breaks off. */
function readBody(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) return resolve(undefined);
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      else request.pause();
      if (bytes > bytesMax) resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client broke off')));
  });
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply, isClosing: boolean): void {
  const { socket } = request;
  if (response.destroyed || socket.destroyed) return;
  const { status, isJson = false, endsConnection = false } = reply;
  const text = isJson ? reply.text : `${reply.text}\n`;
  if (isClosing || endsConnection) response.setHeader('connection', 'close');
  if (endsConnection) response.on('finish', () => socket.destroySoon());
  response
    .writeHead(status, {
      'content-type': isJson ? 'application/json' : 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

async function listen(server: Server, { host, port }: ReviewServerOptions['address']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code ?? error.message})`;
      const hint = 'another process listens there: choose another --webhook-address';
      reject(new Failure('address-in-use', `--webhook-address ${host}:${port} ${what}`, { cause: error, hint }));
    });
    server.listen({ port, host, backlog: 2048 }, resolve);
  });
}
