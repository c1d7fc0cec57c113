import type { FailureCode } from '../../../domain/failure-catalog.ts';
import { Failure } from '../../../domain/failure.ts';
import type { HttpAnswer } from './http-exchange.ts';

/** What was asked for, as far as a message and a metric tell it. */
export type ApiCall = {
  readonly verb: ApiVerb;
  /** Plural, `secrets`. */
  readonly resource: string;
  /** `shop/default`; empty for all. */
  readonly object: string;
};

export type ApiVerb = 'get' | 'list' | 'watch' | 'create' | 'apply' | 'patch' | 'delete';

/**
 * The failure that an answer of 4xx or 5xx stands for.
 *
 * Source: `metav1.Status` and its reasons, Kubernetes API conventions, "Response Status Kind".
 */
export function answerFailure(call: ApiCall, answer: HttpAnswer): Failure {
  const status = parseStatus(answer.body);
  const foreign = isForeign(answer);
  const code = foreign ? foreignCode(answer.status) : failureCode(answer.status, status, call.resource);
  const waitSeconds = waitOf(answer, status);
  const what = `cannot ${call.verb} ${call.resource}${call.object === '' ? '' : ` ${call.object}`}`;
  const said = saidBy(call, answer, status);
  return new Failure(code, `${what}: the API server answered ${answer.status}${said}`, {
    ...(waitSeconds === undefined ? {} : { retryAfterSeconds: waitSeconds }),
    ...hintOf(foreign, status),
  });
}

function hintOf(foreign: boolean, status: Status | undefined): { readonly hint?: string } {
  if (foreign) return { hint: foreignAnswerHint };
  return status?.reason === 'Forbidden' && status.message.includes('"system:anonymous"') ? { hint: anonymousHint } : {};
}

const anonymousHint =
  'the API server was told of no user: give the user of the kubeconfig a token, a client certificate or an exec plugin';

/** For whatever is not what an API server answers. */
export const foreignAnswerHint =
  'is the address that of a Kubernetes API server, or does a proxy or load balancer answer in its place?';

/** The same for a Status that came inside a watch as an `ERROR` event. */
export function statusEventFailure(call: ApiCall, status: unknown): Failure {
  const code = isMap(status) && typeof status['code'] === 'number' ? status['code'] : 500;
  return answerFailure(call, { status: code, retryAfter: undefined, body: JSON.stringify(status) });
}

type Status = {
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  readonly retryAfterSeconds: number | undefined;
};

/** An API server answers in JSON; a proxy, a web server or a TLS port that is spoken to in plain HTTP does not. */
function isForeign({ body }: HttpAnswer): boolean {
  return body.trim() !== '' && parseJson(body) === undefined;
}

/** "Not found" by a stranger says nothing about an object: taken at its word, everything would seem to be gone. */
function foreignCode(http: number): FailureCode {
  return http === 401 || http === 403 || http === 429 ? failureCode(http, undefined) : 'kubernetes-error';
}

function failureCode(http: number, status: Status | undefined, resource?: string): FailureCode {
  switch (http) {
    case 401:
      return 'kubernetes-unauthorized';
    case 403:
      return hasCause(status, 'NamespaceTerminating') ? 'kubernetes-namespace-terminating' : 'kubernetes-forbidden';
    case 404:
      return 'kubernetes-not-found';
    case 409:
      return 'kubernetes-conflict';
    case 410:
      return 'kubernetes-expired';
    case 422:
      if (isStalePlan(status)) return 'kubernetes-conflict';
      return resource === 'secrets' && isUnchangeable(status) ? 'kubernetes-unchangeable' : 'kubernetes-invalid';
    case 429:
      // Of one pod: no reason to be slower with everything else.
      return hasCause(status, 'DisruptionBudget') ? 'kubernetes-disruption-budget' : 'kubernetes-throttled';
    default:
      return http >= 500 || http === 408 ? 'kubernetes-error' : 'kubernetes-invalid';
  }
}

function hasCause(status: Status | undefined, reason: string): boolean {
  return status?.causes.some((cause) => cause.reason === reason) ?? false;
}

/**
 * Whether a 422 says that what the write was planned on is no longer so: the object has another uid (which an API server
 * takes for an attempt to change the uid), or a `test` of a JSON Patch did not hold. Of the latter a real API server says
 * no more than that there is an error in our request, and it says that of nothing else.
 */
function isStalePlan(status: Status | undefined): boolean {
  if (status === undefined) return false;
  if (status.causes.some(({ field }) => field === 'metadata.uid')) return true;
  return status.causes.length === 0 && status.message.startsWith('the server rejected our request due to an error');
}

/**
 * Whether a 422 says that the Secret cannot become what we want without being made anew. Source: ValidateSecretUpdate of
 * kube-apiserver: `type` never changes, and of one with `immutable: true` nothing but its metadata.
 */
function isUnchangeable(status: Status | undefined): boolean {
  return (
    status?.causes.some(
      ({ field, reason }) =>
        (field === 'type' && reason === 'FieldValueInvalid') ||
        ((field === 'data' || field === 'immutable') && reason === 'FieldValueForbidden'),
    ) ?? false
  );
}

/** `Retry-After` counts for 429 and 5xx; seconds, or an HTTP date (which proxies send), which is left to our own back-off. */
function waitOf(answer: HttpAnswer, status: Status | undefined): number | undefined {
  if (answer.status !== 429 && answer.status < 500) return undefined;
  const seconds = Number(answer.retryAfter ?? status?.retryAfterSeconds ?? Number.NaN);
  return seconds > 0 ? Math.min(seconds, maxWaitSeconds) : undefined;
}

/** A wrong header must not put us to sleep for a day. */
const maxWaitSeconds = 300;

function saidBy(call: ApiCall, answer: HttpAnswer, status: Status | undefined): string {
  if (status === undefined) {
    // A stranger might repeat what it was sent.
    const shown = call.resource === 'secrets' ? '' : oneLine(answer.body);
    return `, not in the way of a Kubernetes API server${shown === '' ? '' : `: ${shown}`}`;
  }
  const reason = status.reason === '' ? '' : ` ${status.reason}`;
  if (mayQuoteSecrets(call, answer)) {
    const fields = status.causes.map((cause) => `${cause.field} (${cause.reason})`);
    return `${reason}${fields.length === 0 ? '' : `: ${oneLine(fields.join(', '))}`}`;
  }
  const causes = status.causes.map(({ message }) => message).filter((message) => !status.message.includes(message));
  const message = oneLine([status.message, ...causes].filter((text) => text !== '').join('; '));
  return message === '' ? reason : `${reason}: ${message}`;
}

/** What a Secret is refused for may be quoted in full: of "illegal base64 data" a real API server shows the whole object. */
function mayQuoteSecrets(call: ApiCall, answer: HttpAnswer): boolean {
  return call.resource === 'secrets' && (answer.status === 400 || answer.status === 422);
}

function parseStatus(body: string): Status | undefined {
  const parsed = parseJson(body);
  if (!isMap(parsed) || parsed['kind'] !== 'Status') return undefined;
  const details = isMap(parsed['details']) ? parsed['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isMap) : [];
  return {
    reason: text(parsed['reason']),
    message: text(parsed['message']),
    causes: causes.map((cause) => ({
      reason: text(cause['reason']),
      message: text(cause['message']),
      field: text(cause['field']),
    })),
    retryAfterSeconds: typeof details['retryAfterSeconds'] === 'number' ? details['retryAfterSeconds'] : undefined,
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function oneLine(value: string): string {
  const line = value.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxMessageLength ? `${line.slice(0, maxMessageLength)}…` : line;
}

const maxMessageLength = 600;

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
