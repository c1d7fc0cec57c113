import type { Report } from '../../common/domain/happening.ts';
import type { ObservedNamespace } from '../../common/domain/namespaces/observation.ts';
import { planNamespace, type NamespacePlan } from '../../common/domain/namespaces/plan-namespace.ts';
import { Failure } from '../../common/domain/failure.ts';
import type {
  Clock,
  ClusterWriter,
  ConfigurationStore,
  CredentialStore,
  ObservationStore,
} from '../../common/ports.ts';
import type { Handler } from '../../queues/bus.ts';
import { applyPlan } from './apply-plan.ts';
import type { DesiredSecretsCache } from './desired-secrets-cache.ts';

export type SyncTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'read' | 'observe' | 'listed'>;
  readonly credentials: Pick<CredentialStore, 'read'>;
  readonly cluster: ClusterWriter;
  readonly desiredSecrets: DesiredSecretsCache;
  readonly secretName: string;
  readonly clock: Clock;
  readonly report: Report;
};

/** Makes one namespace match: observe, plan, apply; after a conflict, again with what was read afresh. */
export function syncNamespace(tools: SyncTools): Handler<'namespace.sync'> {
  const { clock, report } = tools;
  return async (delivery) => {
    const { namespace, cause } = delivery.data;
    const startedAt = clock();
    const done: NamespacePlan['steps'][number][] = [];
    for (let round = 1; round <= roundsMax; round++) {
      const planned = await planFor(namespace, tools);
      if (planned === undefined) return;
      const { plan } = planned;
      if (round === 1) reportLeftAlone(namespace, plan, tools);
      const outcome = await applyPlan(plan.steps, planned.namespace, delivery.urgency, tools);
      done.push(...outcome.applied);
      if (outcome.conflicted) continue;
      if (done.length > 0) {
        report({
          kind: 'namespace-synced',
          namespace,
          cause,
          writes: done.map(({ action }) => action),
          attached: done.flatMap((step) => (step.action === 'attach' ? [step.account.name] : [])),
          seconds: (clock() - startedAt) / 1000,
        });
      }
      return againAt(plan.planAgainAt, clock());
    }
    throw new Failure(
      'kubernetes-conflict',
      `namespace ${namespace}: somebody else was faster ${roundsMax} times in a row`,
    );
  };
}

/** Conflicts in a row before the message goes back to the queue, behind others. */
const roundsMax = 5;

/** Absent: there is no configuration, or no such namespace. What does not depend on each other is read in one round trip. */
async function planFor(
  name: string,
  tools: SyncTools,
): Promise<{ readonly plan: NamespacePlan; readonly namespace: ObservedNamespace } | undefined> {
  const [listed, inForce, observation] = await Promise.all([
    tools.observations.listed('everything'),
    tools.configurations.read(),
    tools.observations.read(name),
  ]);
  // Until everything was listed an absence means nothing; the end of the lists names every namespace.
  if (listed === undefined || inForce === undefined || observation.namespace === undefined) return undefined;
  const now = tools.clock();
  const desired = await tools.desiredSecrets.forNamespace(name, inForce, now);
  const plan = planNamespace({
    observation,
    configuration: inForce.configuration,
    desired,
    secretName: tools.secretName,
    now,
  });
  return { plan, namespace: observation.namespace };
}

function reportLeftAlone(namespace: string, { leftAlone }: NamespacePlan, { report }: SyncTools): void {
  for (const { secret } of leftAlone) {
    report({
      kind: 'secret-left-alone',
      namespace,
      secret,
      takeOver: 'take-over: "true" adopts it, --secret-name chooses another name',
    });
  }
}

function againAt(moment: number | undefined, now: number): Awaited<ReturnType<Handler<'namespace.sync'>>> {
  return moment === undefined ? undefined : { againAfterSeconds: Math.max(0.05, (moment - now) / 1000) };
}
