import { Failure } from '../../domain/failure.ts';
import { describeNetworkError } from '../../runtime/network-error.ts';

export type ProbedEndpoint = {
  /** Name, connection, TLS and the first answer together. */
  readonly milliseconds: number;
  /** How far the clock over there is ahead of ours, ms, as exactly as a `Date` header tells; absent without one. */
  readonly skewMilliseconds?: number | undefined;
};

/** Asks the address for its headers, unsigned: any answer will do. Throws `cloud-unreachable`. */
export async function probeEndpoint(address: URL, signal: AbortSignal): Promise<ProbedEndpoint> {
  const sentAt = Date.now();
  try {
    const answer = await fetch(address, { method: 'HEAD', redirect: 'manual', signal });
    const receivedAt = Date.now();
    const date = Date.parse(answer.headers.get('date') ?? '');
    return {
      milliseconds: receivedAt - sentAt,
      // A `Date` header is the second that has begun.
      ...(Number.isNaN(date) ? {} : { skewMilliseconds: date + 500 - (sentAt + receivedAt) / 2 }),
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new Failure('cloud-unreachable', `${address.host} ${describeNetworkError(cause)}`, { cause: error });
  }
}
