import type { SyncCause } from './fights.ts';
import type { ObservedNamespace } from './observation.ts';
import type { PlanStep } from './plan-namespace.ts';

/**
 * How long new accounts and a new namespace had to wait, in seconds, from the moment a watch saw them to `now` (ms since the epoch by the
 * same clock). What was there before the watches, or was served before, counts for nothing.
 */
export function readySeconds(
  namespace: Pick<ObservedNamespace, 'seenAt'> | undefined,
  done: readonly PlanStep[],
  cause: SyncCause,
  now: number,
): { readonly accountReadySeconds: readonly number[]; readonly namespaceReadySeconds?: number } {
  const since = (seenAt: number): number => Math.max(0, now - seenAt) / 1000;
  const accountReadySeconds = done.flatMap((step) =>
    step.action === 'attach' && step.account.seenAt !== undefined ? [since(step.account.seenAt)] : [],
  );
  const seenAt = namespace?.seenAt;
  // A Secret event or the sweep means that it had one before.
  const isFirst = cause !== 'secret' && cause !== 'sweep' && done.some(({ action }) => action === 'create-secret');
  if (!isFirst || seenAt === undefined || since(seenAt) > newForSeconds) return { accountReadySeconds };
  return { accountReadySeconds, namespaceReadySeconds: since(seenAt) };
}

/** A Secret that is made later than this was made before, or the namespace was selected later. */
const newForSeconds = 3600;
