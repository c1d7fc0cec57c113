import { randomUUID } from 'node:crypto';

import { Agent, buildConnector } from 'undici';

import type { FailureCode } from '../../domain/failure-catalog.ts';
import { Failure, toFailure } from '../../domain/failure.ts';
import { silentTracer, type Span, type SpanOptions, type Tracer } from '../../domain/tracing/tracer.ts';
import type { Clock } from '../../ports/clock.ts';
import { readBoundedText } from './bounded-body.ts';
import { startDeadline } from './call-deadline.ts';
import { readCloudAnswer, type HttpAnswer } from './cloud-answer.ts';
import { describeCall, type CloudAnswer, type CloudCall } from './cloud-call.ts';
import type { CloudClock } from './cloud-clock.ts';
import { checkDestination } from './hosts.ts';
import { describeNetworkError, isProtocolError } from '../../runtime/network-error.ts';
import { encodeParameters, isoSeconds, signRequest } from './signature.ts';

export type CloudClientOptions = {
  readonly clock: Clock;
  readonly cloudClock: CloudClock;
  /** Where every call connects to, while it keeps, and signs, its real `Host`. Absent: the real host, over HTTPS. */
  readonly openApiEndpoint?: URL | undefined;
  readonly allowedHosts: readonly string[];
  /** 3 unless told otherwise. */
  readonly connectTimeoutSeconds?: number | undefined;
  /** For a whole call to one host, 10 unless told otherwise. */
  readonly callTimeoutSeconds?: number | undefined;
  readonly observer?: CloudObserver | undefined;
  readonly tracer?: Tracer | undefined;
};

/** Told once for every request that left: `code` is `ok` or the failure's. */
export type CloudObserver = (action: string, region: string, code: 'ok' | FailureCode, seconds: number) => void;

/** Calls one API at one host. */
export type CloudClient = {
  /** One request; a second one only when the first was refused for its date and the clock could be corrected. Throws `Failure`. */
  call(call: CloudCall, host: string, signal: AbortSignal): Promise<CloudAnswer>;
  close(): Promise<void>;
};

/**
 * A client over pooled connections. It follows no redirect, reads 1 MiB at most, and knows no proxy but the endpoint that it was
 * given. Its failures quote nothing of a request but names, and nothing of an answer but code, message and request id.
 */
export function createCloudClient(options: CloudClientOptions): CloudClient {
  const connect = buildConnector({ timeout: (options.connectTimeoutSeconds ?? 3) * 1000 });
  const agent = new Agent({
    connections: connectionsPerHost,
    pipelining: 1,
    // The certificate must be that of the host that we connect to; undici would take the name from the `Host` header.
    connect: ({ servername: _fromHostHeader, ...target }, callback) => connect(target, callback),
    // The deadline of the whole call is ours.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    call: async (call, host, signal) =>
      await callWithRightDate(agent, options, call, checkDestination(host, options.allowedHosts), signal),
    // `destroy`, not `close`: nothing is awaited any more, least of all an answer that hangs.
    close: () => agent.destroy(),
  };
}

/** Many accounts share one endpoint when it is moved: a hanging one must leave room for the others. */
const connectionsPerHost = 64;
const largestAnswerBytes = 1024 * 1024;
const formType = 'application/x-www-form-urlencoded';

async function callWithRightDate(
  agent: Agent,
  options: CloudClientOptions,
  call: CloudCall,
  host: string,
  signal: AbortSignal,
): Promise<CloudAnswer> {
  const skewBefore = options.cloudClock.skewMilliseconds();
  try {
    return await callOnce(agent, options, call, host, signal);
  } catch (thrown) {
    const failure = toFailure(thrown);
    const corrected = options.cloudClock.skewMilliseconds() !== skewBefore;
    if (failure.code !== 'cloud-clock-skewed' || !corrected || call.session === undefined) throw failure;
    return await callOnce(agent, options, call, host, signal);
  }
}

function callOnce(
  agent: Agent,
  options: CloudClientOptions,
  call: CloudCall,
  host: string,
  signal: AbortSignal,
): Promise<CloudAnswer> {
  const { tracer = silentTracer } = options;
  return tracer.span(callSpan(call, host), (span) => answerTo(agent, options, call, host, signal, span));
}

/** Names alone: parameters, headers and the query are nobody's business. */
function callSpan({ product, action, method, regionId }: CloudCall, host: string): SpanOptions {
  return {
    name: action,
    kind: 'client',
    attributes: {
      'rpc.system': 'alibaba_cloud',
      'rpc.service': product,
      'rpc.method': action,
      'http.request.method': method,
      'server.address': host,
      'cloud.provider': 'alibaba_cloud',
      'cloud.region': regionId,
    },
  };
}

async function answerTo(
  agent: Agent,
  options: CloudClientOptions,
  call: CloudCall,
  host: string,
  signal: AbortSignal,
  span: Span,
): Promise<CloudAnswer> {
  const sentAt = options.clock();
  const observe = (code: 'ok' | FailureCode): void => {
    span.set({ 'acr.cloud.code': code });
    options.observer?.(call.action, call.regionId ?? 'global', code, (options.clock() - sentAt) / 1000);
  };
  try {
    const answer = await exchange(agent, options, call, host, signal);
    span.set({ 'http.response.status_code': answer.status });
    options.cloudClock.observe(dateOf(answer), sentAt, options.clock());
    const body = readOrCorrect(options, call, answer, sentAt);
    observe('ok');
    return body;
  } catch (thrown) {
    const failure = toFailure(thrown);
    observe(failure.code);
    throw failure;
  }
}

function readOrCorrect(options: CloudClientOptions, call: CloudCall, answer: HttpAnswer, sentAt: number): CloudAnswer {
  try {
    return readCloudAnswer(call, answer);
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.code === 'cloud-clock-skewed') options.cloudClock.correct(dateOf(answer), sentAt, options.clock());
    throw failure;
  }
}

async function exchange(
  agent: Agent,
  options: CloudClientOptions,
  call: CloudCall,
  host: string,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const seconds = options.callTimeoutSeconds ?? 10;
  const { headers, query, body } = prepare(options, call, host);
  const endpoint = options.openApiEndpoint ?? new URL(`https://${host}`);
  const queryText = encodeParameters(query);
  const deadline = startDeadline(signal, seconds);
  try {
    const response = await agent.request({
      origin: endpoint.origin,
      path: `${pathOf(endpoint)}${call.path}${queryText === '' ? '' : `?${queryText}`}`,
      method: call.method,
      // Without it a gateway may compress as it likes (RFC 9110, 12.5.3).
      headers: { ...headers, 'accept-encoding': 'identity' },
      body: body === '' ? null : body,
      signal: deadline.signal,
      ...fixedServerName(endpoint),
    });
    const text = await readBoundedText(response.body, largestAnswerBytes);
    return { host, status: response.statusCode, headers: response.headers, text };
  } catch (thrown) {
    throw noAnswer(thrown, call, host, options, deadline.hasExpired() ? seconds : undefined, signal.aborted);
  } finally {
    deadline.release();
  }
}

function prepare(options: CloudClientOptions, call: CloudCall, host: string) {
  const body = call.form === undefined ? '' : encodeParameters(call.form);
  const contentType = call.form === undefined ? undefined : formType;
  const { action, version, method, path } = call;
  const signedAt = options.cloudClock.now();
  const nonce = randomUUID();
  if (call.session !== undefined) {
    checkAccessKeyId(call, call.session.accessKeyId);
    const request = { method, host, path, query: call.query, action, version, body, contentType, nonce, signedAt };
    return { headers: signRequest(request, call.session), query: call.query, body };
  }
  // Unsigned calls name everything in the query, as the RPC style of old; without Format=JSON the answer is XML.
  return {
    headers: {
      host,
      accept: 'application/json',
      'x-acs-action': action,
      'x-acs-version': version,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    },
    query: {
      Action: action,
      Version: version,
      Format: 'JSON',
      Timestamp: isoSeconds(signedAt),
      SignatureNonce: nonce,
      ...call.query,
    },
    body,
  };
}

/** What cannot stand in a header is no AccessKey id: a pasted line break, a full-width letter. */
function checkAccessKeyId(call: CloudCall, accessKeyId: string): void {
  if (/^[\x21-\x7e]{1,128}$/.test(accessKeyId)) return;
  throw new Failure(
    'cloud-access-key-invalid',
    `${describeCall(call)}: the AccessKey id is empty or holds odd characters`,
  );
}

function noAnswer(
  thrown: unknown,
  call: CloudCall,
  host: string,
  options: CloudClientOptions,
  expiredSeconds: number | undefined,
  cancelled: boolean,
): Failure {
  const via = options.openApiEndpoint === undefined ? '' : ` over ${options.openApiEndpoint.host}`;
  const where = `${describeCall(call)} (${host}${via})`;
  if (isProtocolError(thrown)) return new Failure('cloud-answer-invalid', `${where}: the answer is not HTTP`);
  const why =
    expiredSeconds === undefined
      ? cancelled
        ? 'cancelled'
        : describeNetworkError(thrown)
      : `no answer within ${expiredSeconds} s`;
  return new Failure('cloud-unreachable', `${where}: ${why}`);
}

/** One name for one pool: undici drops its connections when it changes, and it would change with every `Host`. */
function fixedServerName(endpoint: URL): { readonly servername: string } {
  return { servername: endpoint.hostname };
}

/** A path of the endpoint is a prefix for a gateway in between. */
function pathOf(endpoint: URL): string {
  return endpoint.pathname.replace(/\/+$/, '');
}

function dateOf(answer: HttpAnswer): string | undefined {
  const date = answer.headers['date'];
  return typeof date === 'string' ? date : undefined;
}
