import { Failure } from '../../../common/domain/failure.ts';
import { describeFetchError } from '../../../common/runtime/fetch-error.ts';
import type { Status } from '../../../common/domain/status/status.ts';

/**
 * How things are, from the ops server of a running helper. `everything`: with a row for every namespace. Throws `helper-unreachable`, and
 * `setting-invalid` for an address that is none.
 */
export async function fetchStatus(opsUrl: unknown, everything = false): Promise<Status> {
  const url = statusUrl(String(opsUrl), everything);
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    body = await answer.json();
  } catch (error) {
    throw new Failure('helper-unreachable', `no helper answers at ${url.origin}: ${describeFetchError(error)}`, {
      cause: error,
    });
  }
  if (answer.status === 503 && isRefusal(body))
    throw new Failure('helper-unreachable', `the helper at ${url.origin} cannot tell: ${body.error.message}`, {
      hint: body.error.hint,
    });
  if (!isStatus(body))
    throw new Failure('helper-unreachable', `what answers at ${url.origin} is no helper (${answer.status})`);
  return body;
}

const timeoutMs = 10_000;

function statusUrl(opsUrl: string, everything: boolean): URL {
  if (!URL.canParse(opsUrl) || !/^https?:$/.test(new URL(opsUrl).protocol))
    throw new Failure('setting-invalid', `--ops-url is "${opsUrl}": write http://HOST:PORT`);
  return new URL(everything ? '/api/status?namespaces=all' : '/api/status', opsUrl);
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && 'headline' in body && 'credentials' in body && 'coverage' in body;
}

function isRefusal(body: unknown): body is { readonly error: { readonly message: string; readonly hint: string } } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  if (typeof error !== 'object' || error === null || !('message' in error) || !('hint' in error)) return false;
  return typeof error.message === 'string' && typeof error.hint === 'string';
}
