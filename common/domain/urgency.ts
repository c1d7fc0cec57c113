/**
 * In which order work is done, most urgent first: nobody who cannot pull waits behind those who can.
 *
 * - `new`: a namespace or account that has just appeared. Before the thousands that a first start finds unserved.
 * - `unserved`: a namespace without its credential.
 * - `expiring`: a credential that was renewed and must be written.
 * - `drifted`: something of ours was changed by somebody else, or has to be cleaned up.
 * - `periodic`: the sweep, and whatever nobody waits for.
 */
export const urgencies = ['new', 'unserved', 'expiring', 'drifted', 'periodic'] as const;

export type Urgency = (typeof urgencies)[number];

/** 0 is the most urgent. */
export function urgencyRank(urgency: Urgency): number {
  return urgencies.indexOf(urgency);
}

/**
 * Of this many turns at least one goes to work that is less urgent than other work that waits: a rival controller that makes
 * urgent work all day must not keep renewals from being written until tokens expire.
 */
export const turnsUntilTheLessUrgent = 16;
