import { historyMs, type Attempt } from '../../../common/domain/status/history.ts';
import type { CredentialStatus, Status } from '../../../common/domain/status/status.ts';

/** Where everything lies on the picture of credentials. Places are percents from the left. */
export type Timeline = {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly marks: readonly { readonly at: number; readonly place: number }[];
  readonly rows: readonly TimelineRow[];
};

export type TimelineRow = {
  readonly credential: CredentialStatus;
  /** From the fetch to the expiry; `endsLater`: it goes on beyond the right edge. */
  readonly bar?: { readonly start: number; readonly end: number; readonly endsLater: boolean } | undefined;
  readonly renewal?: number | undefined;
  readonly ticks: readonly Tick[];
};

/** A fetch, or several that lie too close together to be told apart. */
export type Tick = {
  /** Stays the same while more attempts join it. */
  readonly id: number;
  readonly place: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly tries: number;
  /** Why the last of them failed; absent: they succeeded. */
  readonly failure?: string | undefined;
};

/** The past hour, as far as the process saw it, and as much of the future as the credentials last, up to an hour. */
export function timelineOf(
  { credentials, helper }: Pick<Status, 'credentials' | 'helper'>,
  attempts: readonly Attempt[],
  now: number,
): Timeline {
  const fetches = credentials.flatMap(({ fetchedAt }) => fetchedAt ?? []);
  const oldest = Math.min(helper.startedAt, now, ...fetches);
  const past = Math.min(Math.max(now - oldest, shortestMs), historyMs);
  const latest = Math.max(now, ...credentials.flatMap(({ expiresAt }) => expiresAt ?? []));
  // In steps, so that the picture glides and its scale does not change with every second.
  const step = past / 12;
  const future = Math.min(Math.max(Math.ceil(((latest - now) * 1.03) / step) * step, past / 4), historyMs);
  const from = now - past;
  const to = now + future;
  const bucketMs = buckets.find((width) => width >= (to - from) / 100) ?? historyMs / 30;
  const place = (at: number): number => Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
  return {
    from,
    to,
    now: place(now),
    marks: marksBetween(from, to).map((at) => ({ at, place: place(at) })),
    rows: credentials
      .toSorted((a, b) => gravity[a.state] - gravity[b.state])
      .map((credential) => {
        const own = attempts.filter(({ sourceId, at }) => sourceId === credential.sourceId && at >= from);
        return {
          credential,
          bar: barOf(credential, to, now, place),
          renewal: renewalOf(credential, to, place),
          ticks: [...ticksOf(own, true, place, bucketMs), ...ticksOf(own, false, place, bucketMs)].toSorted(
            (a, b) => a.firstAt - b.firstAt,
          ),
        };
      }),
  };
}

const shortestMs = 60_000;

/** What needs somebody comes first; the rest in the order of the configuration. */
const gravity = { missing: 0, failing: 1, waiting: 2, fresh: 3 } as const satisfies Record<
  CredentialStatus['state'],
  number
>;

function barOf(
  { state, fetchedAt, expiresAt }: CredentialStatus,
  to: number,
  now: number,
  place: (at: number) => number,
): TimelineRow['bar'] {
  if (fetchedAt === undefined) return undefined;
  if (expiresAt === undefined)
    return state === 'waiting' ? undefined : { start: place(fetchedAt), end: 100, endsLater: true };
  const end = place(Math.max(expiresAt, fetchedAt));
  return expiresAt < now && end === 0 ? undefined : { start: place(fetchedAt), end, endsLater: expiresAt > to };
}

function renewalOf({ renewsAt }: CredentialStatus, to: number, place: (at: number) => number): number | undefined {
  return renewsAt === undefined || renewsAt > to ? undefined : place(renewsAt);
}

/** Those of the same few seconds are one tick: by the clock, so that a tick stays the same one while the picture glides. */
function ticksOf(
  attempts: readonly Attempt[],
  failed: boolean,
  place: (at: number) => number,
  bucketMs: number,
): readonly Tick[] {
  const ticks = new Map<number, Tick>();
  for (const { at, failure, tries } of attempts) {
    if ((failure !== undefined) !== failed) continue;
    const bucket = Math.floor(at / bucketMs);
    const { firstAt = at, tries: before = 0 } = ticks.get(bucket) ?? {};
    ticks.set(bucket, { id: bucket, place: place(at), firstAt, lastAt: at, tries: before + tries, failure });
  }
  return [...ticks.values()];
}

/** About a hundredth of the picture: as close as two ticks can be told apart. */
const buckets = [1, 2, 5, 10, 15, 30, 60, 120].map((seconds) => seconds * 1000);

/** Round moments, some five to nine of them. */
function marksBetween(from: number, to: number): readonly number[] {
  const step = steps.find((candidate) => (to - from) / candidate <= marksMax) ?? historyMs;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
}

const marksMax = 8;
const steps = [10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800].map((seconds) => seconds * 1000);
