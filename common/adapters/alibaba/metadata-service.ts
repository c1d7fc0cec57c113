import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from 'undici';

import { Failure } from '../../domain/failure.ts';
import { silentTracer, type Tracer } from '../../domain/tracing/tracer.ts';
import type { Clock } from '../../ports/clock.ts';
import { readBoundedText } from './bounded-body.ts';
import { startDeadline } from './call-deadline.ts';
import { describeNetworkError } from '../../runtime/network-error.ts';

export type MetadataServiceOptions = {
  readonly clock: Clock;
  /** `http://100.100.100.200` unless ALIBABA_CLOUD_IMDS_ENDPOINT says otherwise. */
  readonly endpoint: URL;
  /** ALIBABA_CLOUD_IMDSV1_DISABLED: never ask without a token. */
  readonly v1Disabled: boolean;
  /** 2 unless told otherwise: the service is on the same machine, or not there at all. */
  readonly connectTimeoutSeconds?: number | undefined;
  /** For one request, 5 unless told otherwise. */
  readonly requestTimeoutSeconds?: number | undefined;
  readonly tracer?: Tracer | undefined;
};

/** The ECS instance metadata service: what the machine knows about itself, and the session of its role. */
export type MetadataService = {
  /** The text under `/latest/meta-data/…`; `undefined` when there is none (404). Throws `Failure` `metadata-unavailable`. */
  read(path: string, signal: AbortSignal): Promise<string | undefined>;
  close(): Promise<void>;
};

/**
 * Hardened mode first (a token from `PUT /latest/api/token`), plain mode where that does not exist. A server error or a reset
 * connection is tried three times, everything else once. Source: "Obtain instance metadata" of the ECS documentation.
 */
export function createMetadataService(options: MetadataServiceOptions): MetadataService {
  const agent = new Agent({
    connections: 4,
    pipelining: 1,
    connect: { timeout: (options.connectTimeoutSeconds ?? 2) * 1000 },
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  let token: { readonly text: string; readonly goodUntil: number } | undefined;

  /** `''` in plain mode. */
  const currentToken = async (signal: AbortSignal): Promise<string> => {
    if (token !== undefined && token.goodUntil > options.clock()) return token.text;
    const answer = await exchange(
      agent,
      options,
      'PUT',
      '/latest/api/token',
      { [ttlHeader]: `${tokenSeconds}` },
      signal,
    );
    if (answer.status === 200 && /^[\x21-\x7e]+$/.test(answer.text)) {
      token = { text: answer.text, goodUntil: options.clock() + (tokenSeconds - 300) * 1000 };
      return answer.text;
    }
    // These are how a service without the hardened mode answers; it may gain it, so that nothing is remembered.
    const hasPlainMode = [403, 404, 405].includes(answer.status);
    if (!hasPlainMode) throw unavailable(options, 'PUT /latest/api/token', `HTTP ${answer.status}`);
    if (options.v1Disabled) {
      throw unavailable(
        options,
        'PUT /latest/api/token',
        `HTTP ${answer.status}, and the plain mode (v1) is disabled here`,
      );
    }
    return '';
  };

  const readWithToken = async (path: string, signal: AbortSignal): Promise<MetadataAnswer> => {
    const text = await currentToken(signal);
    return await exchange(agent, options, 'GET', path, text === '' ? {} : { [tokenHeader]: text }, signal);
  };

  const read = async (path: string, signal: AbortSignal): Promise<string | undefined> => {
    let answer = await readWithToken(path, signal);
    if (answer.status === 401 && token !== undefined) {
      // The service was restarted and knows the token no more.
      token = undefined;
      answer = await readWithToken(path, signal);
    }
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw unavailable(options, `GET ${path}`, `HTTP ${answer.status}`);
    return answer.text;
  };
  const { tracer = silentTracer } = options;
  const span = {
    name: 'read ECS metadata',
    kind: 'client',
    attributes: { 'http.request.method': 'GET', 'server.address': options.endpoint.hostname },
  } as const;

  return {
    read: (path, signal) => tracer.span(span, () => read(path, signal)),
    close: () => agent.destroy(),
  };
}

type MetadataAnswer = { readonly status: number; readonly text: string };

const ttlHeader = 'x-aliyun-ecs-metadata-token-ttl-seconds';
const tokenHeader = 'x-aliyun-ecs-metadata-token';
/** The longest that the service grants. */
const tokenSeconds = 21600;
const attempts = 3;
const pauseMilliseconds = 100;
const largestAnswerBytes = 64 * 1024;

async function exchange(
  agent: Agent,
  options: MetadataServiceOptions,
  method: 'GET' | 'PUT',
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<MetadataAnswer> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await exchangeOnce(agent, options, method, path, headers, signal);
    const passes = outcome.kind === 'answer' ? outcome.answer.status >= 500 : outcome.again;
    if (!passes || attempt >= attempts) {
      if (outcome.kind === 'answer') return outcome.answer;
      throw unavailable(options, `${method} ${path}`, outcome.problem);
    }
    await wait(pauseMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}

type Outcome =
  | { readonly kind: 'answer'; readonly answer: MetadataAnswer }
  | { readonly kind: 'no-answer'; readonly problem: string; readonly again: boolean };

async function exchangeOnce(
  agent: Agent,
  options: MetadataServiceOptions,
  method: 'GET' | 'PUT',
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Outcome> {
  const seconds = options.requestTimeoutSeconds ?? 5;
  const deadline = startDeadline(signal, seconds);
  try {
    const { origin, pathname } = options.endpoint;
    const response = await agent.request({
      origin,
      path: `${pathname.replace(/\/+$/, '')}${path}`,
      method,
      headers,
      signal: deadline.signal,
    });
    const text = await readBoundedText(response.body, largestAnswerBytes);
    if (text === undefined) return { kind: 'no-answer', problem: 'more than 64 KiB', again: false };
    return { kind: 'answer', answer: { status: response.statusCode, text: text.trim() } };
  } catch (thrown) {
    if (signal.aborted) return { kind: 'no-answer', problem: 'cancelled', again: false };
    if (deadline.hasExpired()) return { kind: 'no-answer', problem: `no answer within ${seconds} s`, again: false };
    const problem = describeNetworkError(thrown);
    return { kind: 'no-answer', problem, again: problem.includes('reset') || problem.includes('closed') };
  } finally {
    deadline.release();
  }
}

function unavailable(options: MetadataServiceOptions, request: string, problem: string): Failure {
  return new Failure('metadata-unavailable', `ECS metadata service ${options.endpoint.host}, ${request}: ${problem}`);
}
