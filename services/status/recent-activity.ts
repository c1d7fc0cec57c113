import type { LatestEdit, ApiUse } from '../../common/domain/status/status.ts';
import type { Happening } from '../../common/domain/happening.ts';
import type { Clock } from '../../common/ports/clock.ts';

/** What this process did lately, as far as no store tells it. Small, whatever happens. */
export class RecentActivity {
  readonly #clock: Clock;
  readonly #writes: MinuteCounter;
  readonly #conflicts: MinuteCounter;
  readonly #throttled: MinuteCounter;
  #latestEdit: LatestEdit | undefined;
  #inForceSince: number | undefined;
  #version: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#writes = new MinuteCounter();
    this.#conflicts = new MinuteCounter();
    this.#throttled = new MinuteCounter();
  }

  /** A `Report`: never throws. */
  readonly note = (happening: Happening): void => {
    const at = this.#clock();
    const { kind } = happening;
    if (kind === 'namespace-synced') this.#writes.add(happening.writes.length, at);
    else if (kind === 'write-conflicted') this.#conflicts.add(1, at);
    else if (kind === 'message-failed' || kind === 'credential-failed')
      this.#throttled.add(throttlings.has(happening.failure.code) ? 1 : 0, at);
    else this.#noteEdit(happening, at);
  };

  #noteEdit(happening: Happening, at: number): void {
    const { kind } = happening;
    if (kind === 'configuration-accepted') {
      if (this.#version !== happening.version) this.#inForceSince = at;
      this.#version = happening.version;
      this.#latestEdit = { at, state: 'accepted', warnings: happening.warnings };
    } else if (kind === 'configuration-refused') {
      const { problems, keepsLastGood } = happening;
      this.#latestEdit = { at, state: 'refused', problems, keepsLastGood };
    } else if (kind === 'configuration-missing') {
      this.#latestEdit = { at, state: 'missing', keepsLastGood: happening.keepsLastGood };
    } else if (kind === 'configuration-held-back') {
      const { hash, attached, detached, loggedOut, keepsLastGood } = happening;
      this.#latestEdit = { at, state: 'held-back', hash, attached, detached, loggedOut, keepsLastGood };
    }
  }

  apiUse(): ApiUse {
    const at = this.#clock();
    return {
      writesPerMinute: this.#writes.perMinute(at),
      conflictsPerMinute: this.#conflicts.perMinute(at),
      throttledPerMinute: this.#throttled.perMinute(at),
    };
  }

  /** Absent in a process that does not watch the ConfigMap. */
  latestEdit(): LatestEdit | undefined {
    return this.#latestEdit;
  }

  /** Since when this version is in force, ms since the epoch; absent when this process did not see it come. */
  inForceSince(version: string): number | undefined {
    return version === this.#version ? this.#inForceSince : undefined;
  }
}

const throttlings: ReadonlySet<string> = new Set(['kubernetes-throttled', 'cloud-throttled']);

/** Counts of the minute that runs and of the one before. */
class MinuteCounter {
  #minute = 0;
  #current = 0;
  #before = 0;

  add(by: number, at: number): void {
    this.#turn(at);
    this.#current += by;
  }

  /** Of the last full minute, or of this one while that is more: a burst is seen at once. */
  perMinute(at: number): number {
    this.#turn(at);
    return Math.max(this.#before, this.#current);
  }

  #turn(at: number): void {
    const minute = Math.floor(at / 60_000);
    if (minute === this.#minute) return;
    this.#before = minute === this.#minute + 1 ? this.#current : 0;
    this.#current = 0;
    this.#minute = minute;
  }
}
