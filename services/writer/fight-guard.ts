import type { Report } from '../../common/domain/happening.ts';
import {
  describeObject,
  forgetQuiet,
  holdBack,
  isCorrection,
  noteCorrections,
  type SyncCause,
} from '../../common/domain/namespaces/fights.ts';
import type { PlanStep } from '../../common/domain/namespaces/plan-namespace.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { FightMemory } from '../../common/ports/memories.ts';

export type FightGuardTools = {
  readonly fights: FightMemory;
  readonly clock: Clock;
  readonly report: Report;
};

/**
 * Keeps the writer from fighting another controller at full speed: who undoes the same change again and again is recognised,
 * reported once, and then answered once a minute.
 *
 * The memory is asked only about corrections, and about namespaces in which a fight is going on, so that it costs nothing while
 * nobody interferes.
 */
export class FightGuard {
  readonly #tools: FightGuardTools;
  /** Namespaces with a fight: in these every step is looked at, whatever it is for. At most those that there are. */
  #embattled = new Set<string>();

  constructor(tools: FightGuardTools) {
    this.#tools = tools;
  }

  /** Whether somebody is known to fight us in the namespace. */
  isEmbattled(namespace: string): boolean {
    return this.#embattled.has(namespace);
  }

  /** What of the plan may be done now, and when the rest may (ms since the epoch). */
  async allow(namespace: string, cause: SyncCause, steps: readonly PlanStep[]): Promise<ReturnType<typeof holdBack>> {
    const { fights, clock } = this.#tools;
    const isSuspect = this.isEmbattled(namespace) || steps.some((step) => isCorrection(step, cause));
    if (!isSuspect || steps.length === 0) return { steps };
    return holdBack(steps, await fights.read(namespace), clock());
  }

  /** Notes which corrections were made. */
  async note(
    namespace: { readonly name: string; readonly uid: string },
    cause: SyncCause,
    done: readonly PlanStep[],
  ): Promise<void> {
    const { fights, clock, report } = this.#tools;
    const { name, uid } = namespace;
    const isEmbattled = this.isEmbattled(name);
    const corrected = done.filter((step) => isEmbattled || isCorrection(step, cause)).map(describeObject);
    if (corrected.length === 0) return;
    const recognised = await fights.change(name, (before) => {
      const noted = noteCorrections(before, [...new Set(corrected)], clock());
      return { fights: noted.fights, answer: noted.recognised };
    });
    if (recognised.length > 0) this.#embattled.add(name);
    for (const object of recognised) report({ kind: 'fight-recognised', namespace: name, uid, object });
  }

  /** Forgets what is over and reports the fights that have ended. To be called every now and then, by every writer. */
  async settle(): Promise<void> {
    const { fights, clock, report } = this.#tools;
    const embattled = new Set<string>();
    for (const namespace of await fights.namespaces()) {
      const { ended, isFighting } = await fights.change(namespace, (before) => {
        const quiet = forgetQuiet(before, clock());
        const goesOn = [...quiet.fights.values()].some(({ recognised }) => recognised);
        return { fights: quiet.fights, answer: { ended: quiet.ended, isFighting: goesOn } };
      });
      if (isFighting) embattled.add(namespace);
      for (const object of ended) report({ kind: 'fight-ended', namespace, object });
    }
    this.#embattled = embattled;
  }

  /** How many objects are fought over. */
  async count(): Promise<number> {
    const { fights } = this.#tools;
    let count = 0;
    for (const namespace of await fights.namespaces()) {
      for (const { recognised } of (await fights.read(namespace)).values()) if (recognised) count++;
    }
    return count;
  }
}
