import type { Configuration } from '../configuration/configuration.ts';
import { selectsNamespace } from '../selection/selection.ts';
import type { NamespaceObservation } from './observation.ts';
import { readSources } from './our-secrets.ts';
import type { NamespacePlan, PlanStep } from './plan-namespace.ts';

/** EVERY answer to "can pods of this namespace pull from every registry?", the gravest reason first. */
export const coverageStates = [
  /** Somebody else has a Secret of our name. */
  'secret-of-another',
  /** Some registry of it has no credential. */
  'no-credential',
  'secret-missing',
  'account-unattached',
  /** It was edited by somebody else, or its logins do not work any more. */
  'secret-outdated',
  'served',
  'not-selected',
] as const;

export type CoverageState = (typeof coverageStates)[number];

/**
 * Where the namespace stands, by its plan: what is still to be done is what is missing. Absent for one that is gone or going.
 * `now`: ms since the epoch.
 */
export function coverageOf(
  { namespace }: Pick<NamespaceObservation, 'namespace'>,
  configuration: Configuration,
  { leftAlone, waitingFor, steps }: NamespacePlan,
  now: number,
): CoverageState | undefined {
  if (namespace === undefined || namespace.terminating) return undefined;
  if (!selectsNamespace(configuration, namespace)) return 'not-selected';
  if (leftAlone.length > 0) return 'secret-of-another';
  if (waitingFor.length > 0) return 'no-credential';
  if (steps.some(({ action }) => action === 'create-secret')) return 'secret-missing';
  if (steps.some(({ action }) => action === 'attach')) return 'account-unattached';
  return steps.some((step) => isOutdated(step, now)) ? 'secret-outdated' : 'served';
}

/** A Secret whose new token is not written yet serves as long as the old one works. */
function isOutdated(step: PlanStep, now: number): boolean {
  if (step.action === 'repair-secret' || step.action === 'take-over-secret') return true;
  if (step.action !== 'rewrite-secret') return false;
  const working = new Set(
    readSources(step.at.sources).flatMap(({ hosts, expiresAt }) => (expiresAt > now ? hosts : [])),
  );
  return step.secret.sources.some(({ hosts }) => hosts.some((host) => !working.has(host)));
}
