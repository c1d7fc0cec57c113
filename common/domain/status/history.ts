import type { CredentialStatus } from './status.ts';

/** The last hour, as the status page draws it. Moments are ms since the epoch; everything is oldest first and bounded. */
export type History = {
  readonly samples: readonly Sample[];
  /** Fetches of credentials. */
  readonly attempts: readonly Attempt[];
};

/** What was measured at one moment. Rates and latencies are those of this process since the sample before. */
export type Sample = {
  readonly at: number;
  readonly queues: Readonly<Record<QueueFamily, { readonly depth: number; readonly oldestAgeSeconds: number }>>;
  readonly writesPerMinute: number;
  readonly conflictsPerMinute: number;
  /** How long new accounts waited for their reference; absent: there was none. */
  readonly attachSeconds?: { readonly count: number; readonly p50: number; readonly p99: number } | undefined;
};

/** Queues with one sort of message: `fetch` are those of all pools together. */
export type QueueFamily = 'namespaces' | 'fetch' | 'other';

export type Attempt = {
  readonly sourceId: string;
  readonly at: number;
  /** When it was found out. */
  readonly seenAt: number;
  /** Why it failed; absent: it did not. */
  readonly failure?: string | undefined;
  /** How many tries in a row ended so, as far as nobody looked in between. */
  readonly tries: number;
};

export const historyMs = 3_600_000;
export const sampleEveryMs = 10_000;

export const emptyHistory: History = { samples: [], attempts: [] };

/** Adds what is new in `after`; drops what is older than an hour, and the oldest where there is too much. */
export function withAttempts(
  history: History,
  before: readonly CredentialStatus[],
  after: readonly CredentialStatus[],
  now: number,
): History {
  const known = new Map(before.map((status) => [status.sourceId, status]));
  const found = after.flatMap((status) => attemptsOf(known.get(status.sourceId), status, now));
  const attempts = [...history.attempts, ...found].filter(({ at }) => at > now - historyMs);
  return { ...history, attempts: attempts.toSorted((a, b) => a.at - b.at).slice(-attemptsMax) };
}

export function withSample(history: History, sample: Sample): History {
  const samples = [...history.samples, sample].filter(({ at }) => at > sample.at - historyMs);
  return { ...history, samples: samples.slice(-samplesMax) };
}

/** What was noticed after `since`: what a page that has the rest needs. */
export function historySince({ samples, attempts }: History, since: number): History {
  return { samples: samples.filter(({ at }) => at > since), attempts: attempts.filter(({ seenAt }) => seenAt > since) };
}

/** Which queue a message waits in, of the few that a page can show. */
export function queueFamily(queue: string): QueueFamily {
  return queue === 'namespaces' ? 'namespaces' : queue.startsWith('fetch') ? 'fetch' : 'other';
}

/** The middle and the slowest hundredth (nearest rank). Absent: there are none. */
export function latencyOf(seconds: readonly number[]): Sample['attachSeconds'] {
  const sorted = seconds.toSorted((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return sorted.length === 0 ? undefined : { count: sorted.length, p50: rank(0.5), p99: rank(0.99) };
}

const attemptsMax = 2000;
const samplesMax = historyMs / sampleEveryMs;

/** A fetch that nobody saw fail or succeed is known by what it left behind. */
function attemptsOf(before: CredentialStatus | undefined, after: CredentialStatus, seenAt: number): readonly Attempt[] {
  const { sourceId, fetchedAt, failure } = after;
  if (sourceId === undefined) return [];
  const found: Attempt[] = [];
  if (fetchedAt !== undefined && fetchedAt !== before?.fetchedAt)
    found.push({ sourceId, at: fetchedAt, seenAt, tries: 1 });
  if (failure !== undefined && failure.at !== before?.failure?.at) {
    const counted = before?.failure?.attempts ?? 0;
    const tries = failure.attempts > counted ? failure.attempts - counted : failure.attempts;
    found.push({ sourceId, at: failure.at, seenAt, failure: failure.message, tries });
  }
  return found;
}
