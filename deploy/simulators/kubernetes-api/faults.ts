import { failure } from './status-errors.ts';
import type { StatusError } from './status-errors.ts';
import { matchesRequest } from './request-log.ts';
import type { RequestMatch, RequestRecord } from './request-log.ts';

/** What goes wrong with a request: an answer with an error, no answer ever, or a cut connection. */
export type FaultEffect =
  | { readonly type: 'status'; readonly code: number; readonly retryAfterSeconds?: number }
  | { readonly type: 'hang' }
  | { readonly type: 'reset' };

export interface Fault {
  readonly match: Omit<RequestMatch, 'code'>;
  /** How many requests it strikes; Infinity until it is cleared. */
  readonly times: number;
  readonly effect: FaultEffect;
}

/** The faults that are set, oldest first; the first that matches strikes. */
export class Faults {
  #waiting: { readonly fault: Fault; left: number }[] = [];

  set(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The effect on a request, which uses up one strike. */
  strike(request: Partial<RequestRecord>): FaultEffect | undefined {
    const found = this.#waiting.find(({ fault }) => matchesRequest(fault.match, request));
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== found);
    return found.fault.effect;
  }
}

const reasons: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'forbidden by an injected fault'],
  429: ['TooManyRequests', 'too many requests, please try again later'],
  500: ['InternalError', 'Internal error occurred: injected fault'],
  503: ['ServiceUnavailable', 'the server is currently unable to handle the request'],
  504: ['Timeout', 'request did not complete within requested timeout'],
};

/** The answer of a `status` fault, shaped as the real server's. */
export function faultStatus({ code, retryAfterSeconds }: Extract<FaultEffect, { type: 'status' }>): StatusError {
  const [reason, message] = reasons[code] ?? ['InternalError', 'injected fault'];
  const error = failure(code, reason, message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  return retryAfterSeconds === undefined ? error : error.with({ 'retry-after': String(retryAfterSeconds) });
}
