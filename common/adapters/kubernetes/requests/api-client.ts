import { Pool, type Dispatcher } from 'undici';

import { Failure } from '../../../domain/failure.ts';
import { silentTracer, type Span, type SpanOptions, type Tracer } from '../../../domain/tracing/tracer.ts';
import type { Clock } from '../../../ports/clock.ts';
import { answerFailure, foreignAnswerHint, type ApiCall, type ApiVerb } from './api-failure.ts';
import { connectionFailure, isCutBeforeAnswer } from '../connection/connection-failure.ts';
import type { KubernetesConnection } from '../connection/kubernetes-connection.ts';
import { createConnector } from '../connection/connector.ts';
import { exchange, type HttpAnswer } from './http-exchange.ts';
import { openStream, type OpenStream, type StreamSink } from './http-stream.ts';

/** The Kubernetes API over pooled HTTP/1.1 connections. */
export type ApiClient = {
  readonly baseUrl: string;
  /**
   * One request; resolves with the parsed JSON of a 2xx answer. Throws `Failure`.
   *
   * Every request that is sent through this client can be repeated (reads, writes that carry the version they are planned on,
   * and Events, whose names and counts we choose): one that was cut before its answer began, or refused with 401, is sent once more at once.
   */
  request(request: ApiRequest): Promise<unknown>;
  /** Starts a watch on a connection of its own, without a time limit. Throws `Failure` when there are no credentials. */
  watch(request: ApiRequest, sink: StreamSink): Promise<OpenStream>;
  /** Closes all connections, also those in use. */
  close(): Promise<void>;
};

export type ApiRequest = ApiCall & {
  /** From `/api/…` on, with the query. */
  readonly path: string;
  readonly accept: string;
  readonly body?: string;
  readonly contentType?: string;
};

/** Told of each answer; `code` is the HTTP status, 0 when there was none. A watch is told when it ends. */
export type RequestObserver = (verb: ApiVerb, resource: string, code: number, seconds: number) => void;

export type ApiClientOptions = {
  readonly connection: KubernetesConnection;
  /** Of this program, for `User-Agent`. */
  readonly version: string;
  /** Connections for requests (watches have their own): as many as the window of requests in flight, 16. */
  readonly connections?: number | undefined;
  readonly observer?: RequestObserver | undefined;
  /** Traces requests, not watches, which last for ever. */
  readonly tracer?: Tracer | undefined;
  readonly clock?: Clock | undefined;
  /** Seconds until the headers of an answer, and between two pieces of it; 30. */
  readonly timeoutSeconds?: number | undefined;
};

/** Opens no connection yet; the first request does. */
export function createApiClient(options: ApiClientOptions): ApiClient {
  const { connection, observer, clock = () => performance.now(), connections = 16, timeoutSeconds = 30 } = options;
  const { tracer = silentTracer } = options;
  const { origin, pathname, hostname } = new URL(connection.baseUrl);
  const prefix = pathname === '/' ? '' : pathname;
  const pools = createPools(connection, origin, connections, timeoutSeconds);
  const userAgent = `acr-credential-helper/${options.version}`;

  const send = async (request: ApiRequest): Promise<HttpAnswer> => {
    const headers = requestHeaders(request, userAgent, await connection.headers());
    const dispatch = {
      path: prefix + request.path,
      method: methods[request.verb],
      headers,
      body: request.body ?? null,
    };
    try {
      return await exchange(pools.requests, dispatch, maxAnswerBytes);
    } catch (error) {
      if (!isCutBeforeAnswer(error)) throw error;
      return exchange(pools.requests, dispatch, maxAnswerBytes);
    }
  };

  const sendAuthorized = async (request: ApiRequest): Promise<HttpAnswer> => {
    const answer = await send(request);
    if (answer.status !== 401) return answer;
    const used = await connection.headers();
    connection.refused();
    return (await connection.headers()) === used ? answer : send(request);
  };

  const answerTo = async (request: ApiRequest, span: Span): Promise<unknown> => {
    const startedAt = clock();
    let code = 0;
    try {
      const answer = await sendAuthorized(request);
      code = answer.status;
      if (code >= 200 && code < 300) return parseAnswer(request, answer);
      throw answerFailure(request, answer);
    } catch (error) {
      throw error instanceof Failure ? error : connectionFailure(connection.baseUrl, error);
    } finally {
      if (code !== 0) span.set({ 'http.response.status_code': code });
      observer?.(request.verb, request.resource, code, (clock() - startedAt) / 1000);
    }
  };

  return {
    baseUrl: connection.baseUrl,
    request: (request) => tracer.span(requestSpan(request, hostname), (span) => answerTo(request, span)),
    async watch(request, sink) {
      const startedAt = clock();
      const headers = requestHeaders(request, userAgent, await connection.headers());
      const dispatch = { path: prefix + request.path, method: 'GET' as const, headers };
      return openStream(pools.watches, dispatch, {
        started: () => sink.started(),
        data: (chunk) => sink.data(chunk),
        ended(end) {
          if (end.kind === 'refused' && end.status === 401) connection.refused();
          const code = end.kind === 'complete' ? 200 : end.kind === 'refused' ? end.status : 0;
          observer?.(request.verb, request.resource, code, (clock() - startedAt) / 1000);
          sink.ended(end);
        },
      });
    },
    async close() {
      await Promise.all([pools.requests.destroy(), pools.watches.destroy()]);
    },
  };
}

/** A page of 500 ServiceAccounts takes about 1 MB. */
const maxAnswerBytes = 128 * 1024 * 1024;

const methods = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  apply: 'PATCH',
  patch: 'PATCH',
  delete: 'DELETE',
} as const satisfies Record<ApiVerb, Dispatcher.HttpMethod>;

/** Not the path: its query may be long, and the object says as much. */
function requestSpan({ verb, resource, object }: ApiCall, host: string): SpanOptions {
  const [namespace] = object.includes('/') ? object.split('/') : [];
  return {
    name: `${verb} ${resource}`,
    kind: 'client',
    attributes: {
      'http.request.method': methods[verb],
      'server.address': host,
      'k8s.namespace.name': namespace,
      'acr.kubernetes.verb': verb,
      'acr.kubernetes.resource': resource,
      'acr.kubernetes.object': object,
    },
  };
}

type Pools = { readonly requests: Pool; readonly watches: Pool };

function createPools(
  connection: KubernetesConnection,
  origin: string,
  connections: number,
  timeoutSeconds: number,
): Pools {
  const common = {
    connect: createConnector(connection),
    pipelining: 1,
    // The API server closes idle connections after 90 s; ours must be the shorter, so that we rarely use one it just closed. And
    // shorter than it takes to find that a watch is dead (45 s): what is written then must not wait on one that died with it.
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 30_000,
  };
  const timeoutMs = timeoutSeconds * 1000;
  return {
    requests: new Pool(origin, { ...common, connections, headersTimeout: timeoutMs, bodyTimeout: timeoutMs }),
    watches: new Pool(origin, { ...common, connections: maxWatches, headersTimeout: 0, bodyTimeout: 0 }),
  };
}

/** Four watches, and room for those that are being replaced. */
const maxWatches = 16;

/** A flat list of names and values, which undici takes as it is. */
function requestHeaders(request: ApiRequest, userAgent: string, identity: Readonly<Record<string, string>>): string[] {
  const headers = ['accept', request.accept, 'user-agent', userAgent];
  for (const name in identity) headers.push(name, identity[name] ?? '');
  if (request.contentType !== undefined) headers.push('content-type', request.contentType);
  return headers;
}

function parseAnswer(request: ApiRequest, answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body);
  } catch {
    throw new Failure(
      'kubernetes-error',
      `cannot ${request.verb} ${request.resource} ${request.object}: the answer is not JSON`,
      { hint: foreignAnswerHint },
    );
  }
}
