import { Failure } from '../../domain/failure.ts';
import { describeCall, secretsOf, type CloudAnswer, type CloudCall } from './cloud-call.ts';
import { classifyCloudError } from './error-table.ts';
import { readableText } from './readable-text.ts';

/** What came back over HTTP. `text` is undefined when it was larger than we read. */
export type HttpAnswer = {
  readonly host: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string | undefined;
};

/**
 * The JSON object of a good answer. Throws `Failure` for everything else: an error status, `IsSuccess: false` under status 200, a
 * redirect, HTML, half a JSON text. The message holds action, subject, region, host, status, code and request id.
 */
export function readCloudAnswer(call: CloudCall, answer: HttpAnswer): CloudAnswer {
  const where = `${describeCall(call)} (${answer.host})`;
  const body = answer.text === undefined ? undefined : parseObject(answer.text);
  if (answer.status >= 300 && answer.status < 400) {
    throw invalid(`${where}: HTTP ${answer.status}, a redirect, which is never followed`);
  }
  if (answer.status >= 400) throw refused(call, where, answer, body ?? xmlError(answer.text ?? ''));
  if (body === undefined) throw invalid(`${where}: HTTP ${answer.status} with ${describeBody(answer)}`);
  if (body['IsSuccess'] === false || body['IsSuccess'] === 'false') throw refused(call, where, answer, body);
  return body;
}

/** A failure for an answer that is JSON but not what is documented. */
export function answerInvalid(call: Pick<CloudCall, 'action' | 'subject' | 'regionId'>, problem: string): Failure {
  return invalid(`${describeCall(call)}: the answer ${problem}`);
}

function refused(call: CloudCall, where: string, answer: HttpAnswer, body: CloudAnswer): Failure {
  const secrets = secretsOf(call);
  // Gateway errors are written in upper case, business errors of the 2016 API in lower case.
  const code = readableText(stringField(body, 'Code', 'code'), secrets, 100);
  const message = readableText(stringField(body, 'Message', 'message'), secrets);
  const requestId = readableText(requestIdOf(body, answer), secrets, 64);
  const { failure, hint } = classifyCloudError({
    action: call.action,
    status: answer.status,
    code,
    temporary: call.session?.securityToken !== undefined,
  });
  const what = code === '' ? `with ${describeBody(answer)}` : [code, message].filter((part) => part !== '').join(': ');
  const trace = requestId === '' ? '' : ` (RequestId ${requestId})`;
  const retryAfterSeconds = retryAfter(answer);
  return new Failure(failure, `${where}: HTTP ${answer.status} ${what}${trace}`, {
    ...(hint === undefined ? {} : { hint }),
    ...(failure === 'cloud-request-refused' && isForeign(answer) ? { hint: foreignHint } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

const foreignHint =
  'this is not how Alibaba Cloud answers: check --openapi-endpoint, and proxies and firewalls in between';

/** Neither JSON nor an error document: a proxy, a firewall or a web server. */
function isForeign({ text = '' }: HttpAnswer): boolean {
  return text.trim() !== '' && parseObject(text) === undefined && Object.keys(xmlError(text)).length === 0;
}

/** The gateway's error document where it did not see which format was asked for: `<Error><Code>…</Code>…</Error>`. */
function xmlError(text: string): CloudAnswer {
  if (!/^(<\?xml[^>]*>)?\s*<Error>/.test(text.trimStart())) return {};
  const found = ['Code', 'Message', 'RequestId'].flatMap((name) => {
    const value = new RegExp(`<${name}>([^<]{1,1000})</${name}>`).exec(text)?.[1];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found) as CloudAnswer;
}

function invalid(message: string): Failure {
  return new Failure('cloud-answer-invalid', message);
}

/** No part of the text: it may be a token. */
function describeBody(answer: HttpAnswer): string {
  if (answer.text === undefined) return 'more than 1 MiB';
  if (answer.text.trim() === '') return 'an empty body';
  const encoding = headerOf(answer, 'content-encoding');
  if (/^[a-z-]{1,20}$/i.test(encoding) && encoding !== 'identity')
    return `a body in the encoding ${encoding}, which was not asked for`;
  if (answer.text.trimStart().startsWith('<')) return 'an HTML or XML page';
  return parseObject(answer.text) === undefined ? 'text that is no JSON object' : 'JSON without a Code';
}

function parseObject(text: string): CloudAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as CloudAnswer) : undefined;
  } catch {
    return undefined;
  }
}

function stringField(body: CloudAnswer, ...names: readonly string[]): string {
  for (const name of names) {
    const value = body[name];
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
  }
  return '';
}

function requestIdOf(body: CloudAnswer, answer: HttpAnswer): string {
  return stringField(body, 'RequestId', 'requestId', 'RequestID') || headerOf(answer, 'x-acs-request-id');
}

/** `x-acs-retry-after` in ms, or HTTP's `retry-after` in seconds; an hour at most. */
function retryAfter(answer: HttpAnswer): number | undefined {
  const milliseconds = Number.parseFloat(headerOf(answer, 'x-acs-retry-after'));
  const seconds = Number.isFinite(milliseconds)
    ? milliseconds / 1000
    : Number.parseFloat(headerOf(answer, 'retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) : undefined;
}

function headerOf(answer: HttpAnswer, name: string): string {
  const value = answer.headers[name];
  return (typeof value === 'string' ? value : value?.[0]) ?? '';
}
