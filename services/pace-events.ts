import type { KubernetesEvent } from '../common/ports/events.ts';
import type { Timers } from '../queues/timers.ts';
import {
  beginEvent,
  eventKey,
  happensAgain,
  isOver,
  isUnsaid,
  nextWrite,
  settleWrite,
  type EventWrite,
  type OngoingEvent,
  type SeriesRules,
  type WriteOutcome,
} from './ongoing-event.ts';

export type PaceOptions = Omit<SeriesRules, 'mayRepeat'> & {
  /** Never rejects. */
  readonly send: (write: EventWrite) => Promise<WriteOutcome>;
  /** Whether Events may be patched, as far as is known by now. */
  readonly mayRepeat: () => boolean;
  /** ms of any clock. */
  readonly clock: () => number;
  readonly timers: Timers;
  /** As many requests are sent at once after a quiet time. */
  readonly burst: number;
  /** In the long run one request is sent per so many seconds. */
  readonly secondsPerRequest: number;
};

/**
 * Keeps Events readable: an Event is for a person, who reads the last few. What happens again in the same way is counted on the Event that
 * is there. When there are too many, the latest of each topic waits, so that the last word is always said, and new words go before counts.
 */
export class EventPacer {
  readonly #options: PaceOptions;
  /** In the order in which they began. */
  readonly #ongoing = new Map<string, OngoingEvent>();
  readonly #underWay = new Set<Promise<void>>();
  #tokens: number;
  #filledAt: number;
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledAt = options.clock();
  }

  /** Sends the Event now, or later, or counts it. */
  offer(topic: string, event: KubernetesEvent): void {
    if (this.#isClosed) return;
    const key = eventKey(event);
    for (const [other, ongoing] of this.#ongoing)
      if (other !== key && ongoing.topic === topic && isUnsaid(ongoing)) this.#ongoing.delete(other);
    this.#forgetOver();
    const known = this.#ongoing.get(key);
    if (known !== undefined) this.#ongoing.set(key, happensAgain(known, event, this.#rules()));
    else if (this.#hasRoom()) this.#ongoing.set(key, beginEvent(topic, event));
    this.#sendDue();
  }

  /** Sends at once what is not said yet, as far as the rate allows, and nothing afterwards. Answers when that is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await Promise.all(this.#underWay);
    // Twice: one that turns out to be gone is recorded anew.
    for (let round = 0; round < 2; round++) {
      this.#sendDue();
      await Promise.all(this.#underWay);
    }
  }

  #rules(): SeriesRules {
    const { heartbeatSeconds, isSeenByAll, mayRepeat } = this.#options;
    return { heartbeatSeconds, isSeenByAll, mayRepeat: mayRepeat() };
  }

  #sendDue(): void {
    this.#fill();
    this.#cancelTimer?.();
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const { key, write, dueAt, tokens } of this.#wanted()) {
      if (dueAt > this.#filledAt) wakeAt = Math.min(wakeAt, dueAt);
      else if (this.#tokens < tokens) wakeAt = Math.min(wakeAt, this.#whenFilled(tokens));
      else this.#send(key, write);
    }
    if (this.#isClosed || wakeAt === Number.POSITIVE_INFINITY) return;
    const { timers } = this.#options;
    this.#cancelTimer = timers.after(Math.max(1, wakeAt - this.#filledAt), () => this.#sendDue());
  }

  /** New words first, in the order in which they began; then counts, which leave a part of the rate to new words. */
  #wanted(): readonly Wanted[] {
    const rules = this.#rules();
    const reserve = this.#isClosed ? 0 : Math.floor(this.#options.burst / reservedPart);
    const words: Wanted[] = [];
    const counts: Wanted[] = [];
    for (const [key, ongoing] of this.#ongoing) {
      const write = nextWrite(ongoing, rules);
      if (write === undefined) continue;
      const dueAt = this.#isClosed ? 0 : ongoing.notBefore;
      if (ongoing.saidAt === undefined) words.push({ key, write, dueAt, tokens: 1 });
      else counts.push({ key, write, dueAt, tokens: 1 + reserve });
    }
    return [...words, ...counts];
  }

  #send(key: string, write: EventWrite): void {
    const ongoing = this.#ongoing.get(key);
    if (ongoing === undefined) return;
    this.#tokens -= 1;
    this.#ongoing.set(key, { ...ongoing, inFlight: write });
    const sent = this.#options.send(write).then((outcome) => this.#settle(key, outcome));
    this.#underWay.add(sent);
    void sent.then(() => this.#underWay.delete(sent));
  }

  #settle(key: string, outcome: WriteOutcome): void {
    const ongoing = this.#ongoing.get(key);
    if (ongoing === undefined) return;
    const settled = settleWrite(ongoing, outcome, this.#options.clock(), this.#rules());
    if (isUnsaid(settled) && this.#isOutdated(settled)) this.#ongoing.delete(key);
    else this.#ongoing.set(key, settled);
    if (!this.#isClosed) this.#sendDue();
  }

  /** Whether something else was to be said of the topic while this was under way. */
  #isOutdated({ topic, lastAt }: OngoingEvent): boolean {
    return [...this.#ongoing.values()].some((other) => other.topic === topic && other.lastAt > lastAt);
  }

  #fill(): void {
    const { clock, burst, secondsPerRequest } = this.#options;
    const now = clock();
    const passedSeconds = Math.max(0, now - this.#filledAt) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + passedSeconds / secondsPerRequest);
    this.#filledAt = now;
  }

  #whenFilled(tokens: number): number {
    return this.#filledAt + Math.ceil((tokens - this.#tokens) * this.#options.secondsPerRequest * 1000);
  }

  #forgetOver(): void {
    const now = this.#options.clock();
    const rules = this.#rules();
    for (const [key, ongoing] of this.#ongoing) if (isOver(ongoing, now, rules)) this.#ongoing.delete(key);
  }

  /** Makes room by forgetting, of those of which all is said, the one that did not happen for the longest time. */
  #hasRoom(): boolean {
    if (this.#ongoing.size < eventsMax) return true;
    const rules = this.#rules();
    const [oldest] = [...this.#ongoing]
      .filter(([, ongoing]) => ongoing.inFlight === undefined && nextWrite(ongoing, rules) === undefined)
      .toSorted(([, a], [, b]) => a.lastAt - b.lastAt);
    return oldest !== undefined && this.#ongoing.delete(oldest[0]);
  }
}

type Wanted = {
  readonly key: string;
  readonly write: EventWrite;
  /** ms: not before. */
  readonly dueAt: number;
  /** So much of the rate must be left. */
  readonly tokens: number;
};

/** Of a burst, one in so many requests is kept for new words. */
const reservedPart = 5;

/** More than this wait in vain: whoever reads that many Events reads the log. */
const eventsMax = 200;
