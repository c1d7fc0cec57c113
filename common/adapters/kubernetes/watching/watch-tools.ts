import { setTimeout as sleepFor } from 'node:timers/promises';

import type { Failure } from '../../../domain/failure.ts';
import type { Clock, Random } from '../../../ports/clock.ts';
import type { ApiClient } from '../requests/api-client.ts';
import type { RequestWindow } from '../requests/request-window.ts';

/** What list-watch needs from the world. */
export type WatchTools = {
  readonly client: ApiClient;
  /** Where the pages of a list wait for their turn; without it they do not wait. */
  readonly window?: RequestWindow | undefined;
  readonly observer: WatchObserver;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: WatchLimits;
};

/** What a watch tells about its work, for metrics and logs. `resource` is the plural. */
export type WatchObserver = {
  /** Bytes arrived, at ms since the epoch. */
  activity?(resource: string, at: number): void;
  /** A list begins: the first one, or one because the watch was too far behind. */
  listing?(resource: string, cause: 'start' | 'expired'): void;
  /** The first failure after everything was well; nothing more is told until `recovered`. */
  problem?(resource: string, failure: Failure): void;
  /** `failure`: the one that `problem` told, since there may be several watches of a resource. */
  recovered?(resource: string, failure: Failure): void;
  /** Nobody wants to know any more. Follows each `listing` with the cause `start`, in the end. `failure`: from which it had not recovered. */
  ended?(resource: string, failure: Failure | undefined): void;
};

export type WatchLimits = {
  /** Objects per page of a list. */
  readonly pageSize: number;
  /** A watch from which nothing came for this long is dead. */
  readonly stallSeconds: number;
  /** A watch that stays open for this long works, even if nothing happens. */
  readonly settleSeconds: number;
  /** The server is asked to end the watch after a random time between these. */
  readonly minWatchSeconds: number;
  readonly maxWatchSeconds: number;
  readonly minBackOffMs: number;
  readonly maxBackOffMs: number;
  readonly maxLineBytes: number;
  /** Objects that wait for the reader before the connection is paused. */
  readonly maxPending: number;
  /** Changes are handed over at this distance at least; those that arrive meanwhile go together. */
  readonly gatherMs: number;
};

/**
 * A connection that died without a word (a load balancer forgot it) must be found soon, and over HTTP/1.1 there is no ping:
 *
 *     watch  |──────────────── bookmark · end|        a living one ends by itself after 30 to 40 s, after a bookmark
 *     watch  |──────────────────────────────────X     a silent one is dead after 45 s
 *
 * The next one resumes from the last version, which costs the API server one request and no list. Bookmarks alone would come
 * once a minute, and a dead watch would be found after two.
 */
export const watchLimits: WatchLimits = {
  pageSize: 500,
  stallSeconds: 45,
  settleSeconds: 5,
  minWatchSeconds: 30,
  maxWatchSeconds: 40,
  minBackOffMs: 500,
  maxBackOffMs: 30_000,
  maxLineBytes: 4 * 1024 * 1024,
  maxPending: 5_000,
  gatherMs: 0,
};

/** Full jitter: a random wait up to a bound that doubles with each attempt (from 1), so that replicas do not come in step. */
export function backOffMs(attempt: number, tools: Pick<WatchTools, 'random' | 'limits'>, failure?: Failure): number {
  const { minBackOffMs, maxBackOffMs } = tools.limits;
  const bound = Math.min(maxBackOffMs, minBackOffMs * 2 ** Math.min(attempt - 1, 20));
  const jitter = tools.random() * bound;
  return failure?.reaction.kind === 'retry-after' ? failure.reaction.seconds * 1000 + jitter : jitter;
}

/** Waits, or until the signal is aborted. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
}

/** The result of `work`, or `undefined` as soon as the signal is aborted; `work` itself goes on unheard. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let abort = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    abort = () => resolve(undefined);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
