import type { PlanStep } from './plan-namespace.ts';

/** How often one object had to be corrected lately. */
export type FightHistory = {
  /** When we corrected it, oldest first, ms since the epoch; at most `correctionsToFight`. */
  readonly corrections: readonly number[];
  /** Somebody keeps undoing what we do: from now on it is corrected once a minute. */
  readonly recognised: boolean;
};

/** The histories of one namespace's objects by `describeObject`; only of those that were corrected lately. */
export type NamespaceFights = ReadonlyMap<string, FightHistory>;

/** Why a namespace is looked at: the cause of its message. */
export type SyncCause = 'namespace' | 'account' | 'secret' | 'fan-out' | 'sweep';

/** So many corrections of one object within a minute are no accident any more. */
export const correctionsToFight = 5;

/** At most one correction in this time, once a fight is recognised. */
export const holdSeconds = 60;

/** Undone no more for this long, a fight is over: the hold and as much again, because a correction may come late. */
export const quietSeconds = 2 * holdSeconds;

/**
 * Whether the step mends what somebody else did to an object that was right before, as far as can be told: a Secret event or the
 * sweep leads to a write, or an account lacks a reference although it is not new. One that is taken for a correction by mistake
 * costs nothing but an entry in a history.
 */
export function isCorrection(step: PlanStep, cause: SyncCause): boolean {
  if (step.action === 'repair-secret') return true;
  if (cause === 'fan-out' || cause === 'namespace') return false;
  if (step.stage === 'write' || step.stage === 'delete') return cause !== 'account';
  return step.account.seenAt === undefined;
}

/**
 * Takes out of the plan what must wait because somebody undoes it again and again, and with it what relies on that: references to a
 * Secret that is not made now, and every removal, because it may be of what the held step replaces. `heldUntil`: when the
 * first of it may be done, ms since the epoch.
 */
export function holdBack(
  steps: readonly PlanStep[],
  fights: NamespaceFights,
  now: number,
): { readonly steps: readonly PlanStep[]; readonly heldUntil?: number } {
  const held = new Map(
    steps.flatMap((step) => {
      const until = holdUntil(fights.get(describeObject(step)), now);
      return until === undefined ? [] : [[step, until] as const];
    }),
  );
  if (held.size === 0) return { steps };
  const notMade = new Set(
    [...held.keys()].flatMap((step) => (step.action === 'create-secret' ? [step.secret.name] : [])),
  );
  const allowed = steps.flatMap((step): readonly PlanStep[] => {
    if (held.has(step) || step.stage === 'detach' || step.stage === 'delete') return [];
    if (step.action !== 'attach') return [step];
    const names = step.names.filter((name) => !notMade.has(name));
    return names.length === 0 ? [] : [{ ...step, names }];
  });
  return { steps: allowed, heldUntil: Math.min(...held.values()) };
}

/** Notes that these objects were corrected. `recognised`: those of which it is clear from now on that somebody fights us. */
export function noteCorrections(
  fights: NamespaceFights,
  objects: readonly string[],
  now: number,
): { readonly fights: NamespaceFights; readonly recognised: readonly string[] } {
  const noted = new Map(fights);
  const recognised: string[] = [];
  for (const object of objects) {
    const before = fights.get(object);
    const corrections = [...(before?.corrections ?? []), now].slice(-correctionsToFight);
    const oldest = corrections[0] ?? now;
    const isFight = corrections.length === correctionsToFight && now - oldest <= holdSeconds * 1000;
    if (isFight && before?.recognised !== true) recognised.push(object);
    noted.set(object, { corrections, recognised: isFight || before?.recognised === true });
  }
  return { fights: noted, recognised };
}

/** Forgets what was not corrected for a while. `ended`: fights that are over, because the other side stopped. */
export function forgetQuiet(
  fights: NamespaceFights,
  now: number,
): { readonly fights: NamespaceFights; readonly ended: readonly string[] } {
  const kept = new Map(fights);
  const ended: string[] = [];
  for (const [object, { corrections, recognised }] of fights) {
    const quietFor = now - (corrections.at(-1) ?? -Infinity);
    if (quietFor < (recognised ? quietSeconds : holdSeconds) * 1000) continue;
    kept.delete(object);
    if (recognised) ended.push(object);
  }
  return { fights: kept, ended };
}

/** `Secret NAME` or `ServiceAccount NAME`. */
export function describeObject(step: PlanStep): string {
  switch (step.stage) {
    case 'refer':
    case 'detach':
      return `ServiceAccount ${step.account.name}`;
    case 'write':
      return `Secret ${step.secret.name}`;
    case 'delete':
      return `Secret ${step.at.name}`;
  }
}

/** A clock that was set back must not hold anything for longer than a minute. */
function holdUntil(history: FightHistory | undefined, now: number): number | undefined {
  if (history?.recognised !== true) return undefined;
  const until = Math.min(history.corrections.at(-1) ?? 0, now) + holdSeconds * 1000;
  return until > now ? until : undefined;
}
