import { createHash } from 'node:crypto';
import type { PlanStep } from './plan-namespace.ts';

/** The sweep goes through all namespaces in so many parts, one after the other. */
export const sweepParts = 20;

/** One part after so many seconds: everything is re-checked every ten minutes. */
export const sweepPartSeconds = 30;

/** The part that a namespace belongs to: always the same, and as many in each. */
export function partOf(namespace: string): number {
  return createHash('sha256').update(namespace).digest().readUInt32BE(0) % sweepParts;
}

/**
 * How many of the steps that a sweep led to mend what was missed. A Secret that gets a credential of a moment ago is none: the sweep
 * was only faster than the fan-out that is on its way.
 */
export function sweepCorrections(done: readonly PlanStep[], now: number): number {
  return done.filter((step) => {
    if (step.stage !== 'write' || step.action === 'repair-secret') return true;
    return step.secret.sources.every(({ issuedAt }) => issuedAt < now - onItsWaySeconds * 1000);
  }).length;
}

/** Longer than a fan-out takes in a large cluster. */
const onItsWaySeconds = 120;
