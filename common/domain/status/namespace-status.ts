import type { Configuration } from '../configuration/configuration.ts';
import type { AwaitedSource, DesiredSecrets } from '../namespaces/desired-secrets.ts';
import type { NamespaceObservation } from '../namespaces/observation.ts';
import { planNamespace, type NamespacePlan, type PlanStep } from '../namespaces/plan-namespace.ts';
import { selectsAccount } from '../selection/selection.ts';
import { coverageOf, type CoverageState } from '../namespaces/coverage.ts';
import type { NamespaceStatus } from './status.ts';

export type NamespaceStatusInput = {
  readonly observation: NamespaceObservation;
  readonly configuration: Configuration;
  readonly desired: DesiredSecrets;
  /** Name of the first Secret. */
  readonly secretName: string;
  /** What a person calls the source that is awaited, and why it is. */
  readonly describeAwaited: (source: AwaitedSource) => string;
  /** ms since the epoch. */
  readonly now: number;
};

/**
 * Whether one namespace has all that its pods need, by the plan that the writer would carry out now: what the plan still has to do is
 * what is missing. A Secret whose new token is not written yet serves as long as the old one works. Absent: there is no such namespace.
 */
export function namespaceStatus(input: NamespaceStatusInput): NamespaceStatus | undefined {
  const { observation, configuration } = input;
  const { name } = observation;
  const plan = planNamespace(input);
  const state = coverageOf(observation, configuration, plan, input.now);
  if (state === undefined) return undefined;
  if (state === 'not-selected') {
    return { name, state, reasons: leftovers(plan), accounts: { selected: 0, attached: 0 } };
  }
  const selected = observation.accounts.filter((account) => selectsAccount(configuration, account)).length;
  const lacking = plan.steps.filter(({ action }) => action === 'attach').length;
  const reasons = [
    ...plan.leftAlone.map(({ secret }) => `Secret ${secret} is not ours: take-over: "true" adopts it`),
    ...plan.waitingFor.map((awaited) => input.describeAwaited(awaited)),
    ...plan.steps.flatMap((step) => missingSecret(step, state) ?? []),
    ...missingReferences(plan),
  ];
  return {
    name,
    state,
    reasons,
    accounts: { selected, attached: plan.leftAlone.length > 0 || hasNoSecret(input) ? 0 : selected - lacking },
  };
}

/** Nobody is attached to what is not there. */
function hasNoSecret({ desired, observation }: NamespaceStatusInput): boolean {
  return !observation.secrets.some(({ name }) => desired.secrets.some((secret) => secret.name === name));
}

function missingSecret(step: PlanStep, state: CoverageState): string | undefined {
  switch (step.action) {
    case 'create-secret':
      return `Secret ${step.secret.name} is not written yet`;
    case 'repair-secret':
      return `Secret ${step.secret.name} was changed by somebody else`;
    case 'take-over-secret':
      return `Secret ${step.secret.name} is not taken over yet`;
    case 'rewrite-secret':
      return state === 'secret-outdated' ? `Secret ${step.secret.name} is outdated` : undefined;
    case 'attach':
    case 'detach':
    case 'delete-secret':
      return undefined;
  }
}

function missingReferences(plan: NamespacePlan): readonly string[] {
  const names = plan.steps.flatMap((step) => (step.action === 'attach' ? [step.account.name] : []));
  if (names.length === 0) return [];
  const shown = names.slice(0, namesMax).join(', ');
  const more = names.length > namesMax ? ` and ${names.length - namesMax} more` : '';
  return [`${names.length === 1 ? 'account' : 'accounts'} without the reference: ${shown}${more}`];
}

const namesMax = 3;

function leftovers(plan: NamespacePlan): readonly string[] {
  return plan.steps.length === 0 ? [] : ['not selected; what is ours in it is not removed yet'];
}
