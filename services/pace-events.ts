import type { KubernetesEvent } from '../common/ports.ts';
import type { Timers } from '../queues/timers.ts';

export type PaceOptions = {
  readonly send: (event: KubernetesEvent) => void;
  /** ms of any clock. */
  readonly clock: () => number;
  readonly timers: Timers;
  /** As many are sent at once after a quiet time. */
  readonly burst: number;
  /** In the long run one is sent per so many seconds. */
  readonly secondsPerEvent: number;
};

/**
 * Keeps Events readable: an Event is for a person, who reads the last few. Of one topic the same is not repeated within ten minutes. When
 * there are too many, the latest of each topic waits, so that the last word is always said.
 */
export class EventPacer {
  readonly #options: PaceOptions;
  readonly #lastSent = new Map<string, { readonly what: string; readonly at: number }>();
  readonly #waiting = new Map<string, KubernetesEvent>();
  #tokens: number;
  #filledAt: number;
  #isTimed = false;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#tokens = options.burst;
    this.#filledAt = options.clock();
  }

  /** Sends the Event now, or later, or never. */
  offer(topic: string, event: KubernetesEvent): void {
    this.#forgetOld();
    this.#waiting.delete(topic);
    if (this.#lastSent.get(topic)?.what === whatOf(event)) return;
    if (this.#waiting.size < topicsMax) this.#waiting.set(topic, event);
    this.#sendWaiting();
  }

  #sendWaiting(): void {
    this.#fill();
    for (const [topic, event] of this.#waiting) {
      if (this.#tokens < 1) break;
      this.#tokens -= 1;
      this.#waiting.delete(topic);
      this.#lastSent.set(topic, { what: whatOf(event), at: this.#options.clock() });
      this.#options.send(event);
    }
    if (this.#waiting.size === 0 || this.#isTimed) return;
    this.#isTimed = true;
    const { timers, secondsPerEvent } = this.#options;
    timers.after((1 - this.#tokens) * secondsPerEvent * 1000, () => {
      this.#isTimed = false;
      this.#sendWaiting();
    });
  }

  #fill(): void {
    const { clock, burst, secondsPerEvent } = this.#options;
    const now = clock();
    const passedSeconds = Math.max(0, now - this.#filledAt) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + passedSeconds / secondsPerEvent);
    this.#filledAt = now;
  }

  /** In the order in which they were sent; no more are sent within the time than the bucket gives. */
  #forgetOld(): void {
    const now = this.#options.clock();
    for (const [topic, { at }] of this.#lastSent) if (at <= now - repeatMilliseconds) this.#lastSent.delete(topic);
  }
}

function whatOf({ reason, note, uid }: KubernetesEvent): string {
  return `${reason}\n${uid ?? ''}\n${note}`;
}

const repeatMilliseconds = 600_000;

/** More topics than this wait in vain: whoever reads that many Events reads the log. */
const topicsMax = 100;
