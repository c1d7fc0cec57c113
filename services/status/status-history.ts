import type { Happening } from '../../common/domain/happening.ts';
import {
  emptyHistory,
  historySince,
  latencyOf,
  queueFamily,
  sampleEveryMs,
  withAttempts,
  withSample,
  type History,
  type Sample,
} from '../../common/domain/status/history.ts';
import type { CredentialStatus } from '../../common/domain/status/status.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { QueueDepth } from '../../queues/bus.ts';

/** Remembers the last hour for the status page: a sample every ten seconds, and each fetch of a credential. In memory, bounded. */
export class StatusHistory {
  readonly #clock: Clock;
  #history: History = emptyHistory;
  #credentials: readonly CredentialStatus[] = [];
  #writes = 0;
  #conflicts = 0;
  #attachSeconds: number[] = [];
  #sampledAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sampledAt = clock();
  }

  /** A `Report`: never throws. */
  readonly note = (happening: Happening): void => {
    if (happening.kind === 'write-conflicted') this.#conflicts++;
    if (happening.kind !== 'namespace-synced') return;
    this.#writes += happening.writes.length;
    const room = latenciesMax - this.#attachSeconds.length;
    if (room > 0) this.#attachSeconds.push(...happening.accountReadySeconds.slice(0, room));
  };

  /** Finds out what was fetched, or was tried in vain, since the last time. */
  see(credentials: readonly CredentialStatus[]): void {
    this.#history = withAttempts(this.#history, this.#credentials, credentials, this.#clock());
    this.#credentials = credentials;
  }

  sample(depths: readonly QueueDepth[]): void {
    const at = this.#clock();
    const minutes = Math.max(at - this.#sampledAt, sampleEveryMs / 2) / 60_000;
    this.#history = withSample(this.#history, {
      at,
      queues: familiesOf(depths),
      writesPerMinute: Math.round(this.#writes / minutes),
      conflictsPerMinute: Math.round(this.#conflicts / minutes),
      attachSeconds: latencyOf(this.#attachSeconds),
    });
    this.#sampledAt = at;
    this.#writes = 0;
    this.#conflicts = 0;
    this.#attachSeconds = [];
  }

  /** What was noticed after `since`, in ms since the epoch. */
  since(since: number): History {
    return historySince(this.#history, since);
  }
}

/** Of ten seconds. With more than these the percentiles would not look different. */
const latenciesMax = 5000;

function familiesOf(depths: readonly QueueDepth[]): Sample['queues'] {
  const families = {
    namespaces: { depth: 0, oldestAgeSeconds: 0 },
    fetch: { depth: 0, oldestAgeSeconds: 0 },
    other: { depth: 0, oldestAgeSeconds: 0 },
  };
  for (const { queue, waiting, active, delayed, oldestAgeSeconds } of depths) {
    const family = families[queueFamily(queue)];
    family.depth += waiting + active + delayed;
    family.oldestAgeSeconds = Math.max(family.oldestAgeSeconds, Math.round(oldestAgeSeconds * 10) / 10);
  }
  return families;
}
