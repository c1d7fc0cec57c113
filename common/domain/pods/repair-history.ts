import type { HungPod } from './hung-pod.ts';

/**
 * The last evictions of the whole cluster, oldest first. An entry is made before the API server is asked, so that a process that ends
 * in between leaves a pod that is not evicted rather than one that is evicted twice.
 */
export type RepairHistory = readonly RepairAttempt[];

export type RepairAttempt = {
  /** uid of the pod. */
  readonly pod: string;
  /** uid of its controller. */
  readonly controller: string;
  /** When it was tried last, ms since the epoch. */
  readonly at: number;
  /** How often it was tried. */
  readonly tries: number;
  /** The API server would not, so far as is known. */
  readonly refused: boolean;
};

/** `later`: it is not its turn; ask again in a while. `never`: it was evicted, or evicting it would not help. */
export type RepairClaim = 'granted' | 'later' | 'never';

/**
 * Asks for one eviction, and notes it when it is granted. Pure.
 *
 * Not granted: a pod that was evicted; a pod that was made after an eviction of its controller's pods, for it got what there is to
 * get; more than one pod of a controller within some minutes, or very many in all; more than a few a minute in the whole cluster.
 */
export function claimRepair(
  history: RepairHistory,
  { uid, createdAt, controller }: Pick<HungPod, 'uid' | 'createdAt' | 'controller'>,
  now: number,
): { readonly history: RepairHistory; readonly answer: RepairClaim } {
  const kept = history.filter(({ at }) => now - at < repairLimits.rememberSeconds * 1000).slice(-entriesMax);
  if (controller === undefined) return { history: kept, answer: 'never' };
  const known = kept.find(({ pod }) => pod === uid);
  const family = kept.filter((attempt) => attempt.controller === controller.uid);
  const answer = judge({ known, family, createdAt, now, hasRoom: hasRoomForRepair(kept, now) });
  if (answer !== 'granted') return { history: kept, answer };
  const attempt = { pod: uid, controller: controller.uid, at: now, tries: (known?.tries ?? 0) + 1, refused: false };
  return { history: [...kept.filter(({ pod }) => pod !== uid), attempt].slice(-entriesMax), answer };
}

/** Whether anything at all could be evicted now. */
export function hasRoomForRepair(history: RepairHistory, now: number): boolean {
  return history.filter(({ at }) => now - at < 60_000).length < repairLimits.perMinute;
}

/** Notes that the API server would not evict the pod; says whether it is not to be asked again. */
export function noteRefusal(
  history: RepairHistory,
  uid: string,
): { readonly history: RepairHistory; readonly answer: { readonly gaveUp: boolean } } {
  const tries = history.find(({ pod }) => pod === uid)?.tries ?? 0;
  return {
    history: history.map((attempt) => (attempt.pod === uid ? { ...attempt, refused: true } : attempt)),
    answer: { gaveUp: tries >= repairLimits.triesPerPod },
  };
}

/** Takes an attempt back that came to nothing: the pod had changed, or is gone, or nobody was there to be asked. */
export function withdrawRepair(
  history: RepairHistory,
  uid: string,
): { readonly history: RepairHistory; readonly answer: undefined } {
  return {
    history: history.flatMap((attempt) => {
      if (attempt.pod !== uid) return [attempt];
      return attempt.tries > 1 ? [{ ...attempt, tries: attempt.tries - 1, refused: true }] : [];
    }),
    answer: undefined,
  };
}

/** How much is done at most: a repair must never become a trouble of its own. */
export const repairLimits = {
  perMinute: 5,
  /** Between two evictions of pods of one controller. */
  controllerPauseSeconds: 120,
  /** Of pods of one controller, within the time that is remembered. */
  perController: 20,
  triesPerPod: 5,
  rememberSeconds: 86_400,
} as const;

/** Some hours of as many evictions as there may be; about 100 KB. */
const entriesMax = 1000;

type Case = {
  readonly known: RepairAttempt | undefined;
  readonly family: RepairHistory;
  readonly createdAt: number;
  readonly now: number;
  readonly hasRoom: boolean;
};

function judge({ known, family, createdAt, now, hasRoom }: Case): RepairClaim {
  if (known !== undefined && (!known.refused || known.tries >= repairLimits.triesPerPod)) return 'never';
  const evicted = family.filter(({ refused }) => !refused);
  if (evicted.some(({ at }) => createdAt > at - skewMilliseconds)) return 'never';
  if (evicted.length >= repairLimits.perController) return 'never';
  const isPausing = family.some(({ at }) => now - at < repairLimits.controllerPauseSeconds * 1000);
  return isPausing || !hasRoom ? 'later' : 'granted';
}

/** `creationTimestamp` is in whole seconds, by the clock of the API server. Smaller than the age at which a pod is evicted. */
const skewMilliseconds = 5_000;
