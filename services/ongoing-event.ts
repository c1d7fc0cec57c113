import type { EventSeries, KubernetesEvent } from '../common/ports/events.ts';

/**
 * One Event, and how often it happened since. Kubernetes has one Event for what happens again in the same way, with a count and the time of
 * the last: so `kubectl describe` says `x12 over 40m`. Source: `EventSeries` of events.k8s.io/v1, and tools/events of client-go.
 *
 *   happens   1st        2nd      3rd 4th            5th             nothing more
 *   written   record     repeat             repeat        repeat     ten minutes later it is over: the next is another Event
 *             at once    at once  ·········heartbeat······heartbeat
 */
export type OngoingEvent = {
  /** Of one topic only the latest word waits to be said. */
  readonly topic: string;
  /** The first of them: it names the Event. */
  readonly event: KubernetesEvent;
  /** How often it happened. */
  readonly count: number;
  /** ms: when it happened last. */
  readonly lastAt: number;
  readonly lastOccasion: string | undefined;
  /** How often it happened, by what the API server was told last; 0: nothing was said yet. */
  readonly shownCount: number;
  /** ms: when it was first said. */
  readonly saidAt: number | undefined;
  /** Whether the Event is there, so that the next write is a repeat. */
  readonly isMade: boolean;
  /** ms: it is not written again before. */
  readonly notBefore: number;
  /** The write whose outcome is awaited. */
  readonly inFlight: EventWrite | undefined;
  /** The last write did not arrive. */
  readonly hasFailed: boolean;
};

/** What is asked of the API server. */
export type EventWrite =
  | { readonly kind: 'record'; readonly event: KubernetesEvent; readonly series?: EventSeries }
  | { readonly kind: 'repeat'; readonly event: KubernetesEvent; readonly series: EventSeries };

/**
 * - `written`: as asked.
 * - `taken`: another process, or this one before it was restarted, has recorded it.
 * - `gone`: there is no such Event to repeat.
 * - `refused`: asking again gives the same answer.
 * - `failed`: it did not arrive.
 */
export type WriteOutcome = 'written' | 'taken' | 'gone' | 'refused' | 'failed';

export type SeriesRules = {
  /** From the third on, what happens again is written once per so many seconds. */
  readonly heartbeatSeconds: number;
  /**
   * Whether every process sees every occurrence, told apart by its occasion. Then they count the same, and go on with one Event whoever recorded it. Else a
   * process counts only its own, in an Event of its own.
   */
  readonly isSeenByAll: boolean;
  /** Whether Events may be patched; else each is only recorded, again after ten minutes. */
  readonly mayRepeat: boolean;
};

/** What is the same in every occurrence of one series. The action is the reason. */
export function eventKey({ type, reason, note, namespace, pod, uid }: KubernetesEvent): string {
  return JSON.stringify([type, reason, note, namespace, pod, uid]);
}

export function beginEvent(topic: string, event: KubernetesEvent): OngoingEvent {
  return {
    topic,
    event,
    count: 1,
    lastAt: event.at,
    lastOccasion: event.occasion,
    shownCount: 0,
    saidAt: undefined,
    isMade: false,
    notBefore: event.at,
    inFlight: undefined,
    hasFailed: false,
  };
}

export function happensAgain(
  ongoing: OngoingEvent,
  event: KubernetesEvent,
  { isSeenByAll }: SeriesRules,
): OngoingEvent {
  if (isSeenByAll && event.occasion !== undefined && event.occasion === ongoing.lastOccasion) return ongoing;
  return {
    ...ongoing,
    count: ongoing.count + 1,
    lastAt: Math.max(ongoing.lastAt, event.at),
    lastOccasion: event.occasion,
  };
}

/** What is to be written, as soon as `notBefore` allows it; `undefined`: nothing, or a write is under way. */
export function nextWrite(ongoing: OngoingEvent, { mayRepeat }: SeriesRules): EventWrite | undefined {
  const { event, count, shownCount, saidAt, isMade, inFlight, lastAt } = ongoing;
  if (inFlight !== undefined || count <= shownCount) return undefined;
  if (!mayRepeat) return saidAt === undefined ? { kind: 'record', event } : undefined;
  if (count === 1) return { kind: 'record', event };
  return { kind: isMade ? 'repeat' : 'record', event, series: { count, lastObservedAt: lastAt } };
}

/** After the write that was under way. */
export function settleWrite(
  ongoing: OngoingEvent,
  outcome: WriteOutcome,
  now: number,
  { heartbeatSeconds, isSeenByAll }: SeriesRules,
): OngoingEvent {
  const written = ongoing.inFlight?.series?.count ?? 1;
  const settled = { ...ongoing, inFlight: undefined, hasFailed: outcome === 'failed' };
  const said = {
    ...settled,
    saidAt: ongoing.saidAt ?? now,
    shownCount: written,
    // What happens a second time tells a person that it goes on: that is said at once.
    notBefore: written === 1 ? now : now + heartbeatSeconds * 1000,
  };
  switch (outcome) {
    case 'written':
      return { ...said, isMade: true };
    case 'taken':
      // A count that we only wanted to record with it is not shown yet.
      return isSeenByAll
        ? { ...said, isMade: true, shownCount: Math.max(1, written - 1) }
        : { ...said, event: ownEvent(ongoing, now) };
    case 'gone':
      return { ...settled, isMade: false, notBefore: now };
    case 'refused':
      return said;
    case 'failed':
      return { ...settled, notBefore: now + retryMilliseconds };
  }
}

/** Whether it can be forgotten: what happens afterwards begins another Event. */
export function isOver(ongoing: OngoingEvent, now: number, rules: SeriesRules): boolean {
  const { inFlight, hasFailed, lastAt, saidAt = now } = ongoing;
  if (inFlight !== undefined) return false;
  const isIdle = nextWrite(ongoing, rules) === undefined || hasFailed;
  return isIdle && (rules.mayRepeat ? lastAt : saidAt) + endMilliseconds <= now;
}

/** Nothing was said of it yet, and nothing is under way: the next word of its topic takes its place. */
export function isUnsaid({ saidAt, inFlight }: OngoingEvent): boolean {
  return saidAt === undefined && inFlight === undefined;
}

/** Under a name that nobody else has: the count is of this process alone. */
function ownEvent({ event }: OngoingEvent, now: number): KubernetesEvent {
  return { ...event, occasion: `${event.occasion ?? ''} again ${now}` };
}

const endMilliseconds = 600_000;
const retryMilliseconds = 30_000;
