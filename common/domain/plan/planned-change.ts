import type { DesiredSecret, SecretSource } from '../namespaces/desired-secret.ts';
import type { ObservedAccount, ObservedSecret } from '../namespaces/observation.ts';
import { readSources } from '../namespaces/our-secrets.ts';
import type { NamespacePlan, PlanStep } from '../namespaces/plan-namespace.ts';
import { isStandIn } from './assumed-credentials.ts';

/** One line of a diff. `+` is made, `~` changed, `-` taken away, `!` left alone although something is to be done. */
export type PlannedChange = {
  readonly mark: '+' | '~' | '-' | '!';
  readonly action: PlanStep['action'] | 'leave-alone';
  readonly kind: 'Secret' | 'ServiceAccount';
  readonly namespace: string;
  readonly name: string;
  readonly detail: string;
};

/** The plan of a namespace as lines, in the order in which it would be carried out. */
export function plannedChanges(
  namespace: string,
  plan: NamespacePlan,
  secrets: readonly ObservedSecret[],
): readonly PlannedChange[] {
  return [
    ...plan.steps.flatMap((step) => (isNoChange(step) ? [] : [changeOf(namespace, step)])),
    ...plan.leftAlone.map(({ secret }): PlannedChange => {
      const other = secrets.find(({ name }) => name === secret);
      return { ...common(namespace, 'Secret', secret), mark: '!', action: 'leave-alone', detail: whoseIs(other) };
    }),
  ];
}

/** Whether the Secret holds these very credentials: their token is not known here, so that the contents cannot be compared. */
function isNoChange(step: PlanStep): boolean {
  if (step.action !== 'rewrite-secret') return false;
  const current = readSources(step.at.sources);
  const isSame = (wanted: SecretSource): boolean =>
    current.some(
      ({ id, hosts, expiresAt }) =>
        id === wanted.id &&
        expiresAt === wanted.expiresAt &&
        hosts.toSorted().join() === wanted.hosts.toSorted().join(),
    );
  return current.length === step.secret.sources.length && step.secret.sources.every((source) => isSame(source));
}

function changeOf(namespace: string, step: PlanStep): PlannedChange {
  const { action } = step;
  switch (action) {
    case 'create-secret':
      return { ...common(namespace, 'Secret', step.secret.name), mark: '+', action, detail: contentOf(step.secret) };
    case 'rewrite-secret':
    case 'repair-secret':
    case 'take-over-secret':
      return {
        ...common(namespace, 'Secret', step.secret.name),
        mark: '~',
        action,
        detail: `${reasons[action]}: ${contentOf(step.secret)}`,
      };
    case 'attach':
      return {
        ...common(namespace, 'ServiceAccount', step.account.name),
        mark: '~',
        action,
        detail: references(step.account, step.names, '+'),
      };
    case 'detach':
      return {
        ...common(namespace, 'ServiceAccount', step.account.name),
        mark: '-',
        action,
        detail: references(step.account, step.names, '−'),
      };
    case 'delete-secret':
      return { ...common(namespace, 'Secret', step.at.name), mark: '-', action, detail: 'not wanted any more' };
  }
}

const reasons = {
  'rewrite-secret': 'other content',
  'repair-secret': 'changed by somebody else',
  'take-over-secret': 'taken over',
} as const;

function common(namespace: string, kind: PlannedChange['kind'], name: string) {
  return { kind, namespace, name };
}

function contentOf({ sources }: DesiredSecret): string {
  const hosts = sources.flatMap((source) => source.hosts);
  const known = hosts.filter((host) => !isStandIn(host)).length;
  const open = known < hosts.length;
  const domains = known === 0 && open ? 'domains to be fetched' : `${known} ${known === 1 ? 'domain' : 'domains'}`;
  const more = known > 0 && open ? ' and those to be fetched' : '';
  return `${sources.length} ${sources.length === 1 ? 'registry' : 'registries'}, ${domains}${more}`;
}

function references({ pullSecrets }: ObservedAccount, names: readonly string[], sign: '+' | '−'): string {
  const changed = names.map((name) => `${sign} ${name}`);
  const kept = pullSecrets.filter((name) => !names.includes(name));
  return `imagePullSecrets: ${[...kept, ...changed].join(', ')}`;
}

function whoseIs(secret: ObservedSecret | undefined): string {
  const manager = secret?.managedBy ?? secret?.writtenBy;
  return `not ours${manager === undefined ? '' : ` (managed by ${manager})`}: take-over: "true" adopts it`;
}
