/**
 * In which order work is done, most urgent first: nobody who cannot pull waits behind those who can.
 *
 * - `unserved`: a namespace or account without its credential.
 * - `expiring`: a credential that was renewed and must be written.
 * - `drifted`: something of ours was changed by somebody else, or has to be cleaned up.
 * - `periodic`: the sweep, and whatever nobody waits for.
 */
export const urgencies = ['unserved', 'expiring', 'drifted', 'periodic'] as const;

export type Urgency = (typeof urgencies)[number];

/** 0 is the most urgent. */
export function urgencyRank(urgency: Urgency): number {
  return urgencies.indexOf(urgency);
}
