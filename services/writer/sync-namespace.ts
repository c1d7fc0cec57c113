import { Failure } from '../../common/domain/failure.ts';
import type { Happening, Report } from '../../common/domain/happening.ts';
import type { ObservedNamespace } from '../../common/domain/namespaces/observation.ts';
import { planNamespace, type NamespacePlan, type PlanStep } from '../../common/domain/namespaces/plan-namespace.ts';
import { readySeconds } from '../../common/domain/namespaces/ready-seconds.ts';
import { sweepCorrections } from '../../common/domain/namespaces/sweep.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ClusterWriter } from '../../common/ports/cluster-writer.ts';
import type { ConfigurationStore, CredentialStore, ObservationStore } from '../../common/ports/stores.ts';
import type { Delivery, Handler, HandlerResult } from '../../queues/bus.ts';
import { applyPlan } from './apply-plan.ts';
import type { DesiredSecretsCache } from './desired-secrets-cache.ts';
import type { FightGuard } from './fight-guard.ts';
import type { NamespaceTroubles } from './namespace-troubles.ts';

export type SyncTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'read' | 'observe' | 'listed' | 'era'>;
  readonly credentials: Pick<CredentialStore, 'latest'>;
  readonly cluster: ClusterWriter;
  readonly desiredSecrets: DesiredSecretsCache;
  readonly fightGuard: Pick<FightGuard, 'allow' | 'note' | 'isEmbattled'>;
  readonly troubles: Pick<NamespaceTroubles, 'update'>;
  readonly secretName: string;
  readonly clock: Clock;
  /** The clock that the watches go by, for how long something took. */
  readonly watchClock: Clock;
  readonly report: Report;
};

/** Makes one namespace match: observe, plan, apply; after a conflict, again with what was read afresh. */
export function syncNamespace(tools: SyncTools): Handler<'namespace.sync'> {
  return async (delivery) => {
    const progress: Progress = { startedAt: tools.clock(), done: [] };
    try {
      return await syncInRounds(delivery, progress, tools);
    } finally {
      if (progress.done.length > 0) tools.report(synced(delivery, progress, tools));
    }
  };
}

/** What came of a delivery so far; of what was written, somebody is told also when it ends with a failure. */
type Progress = {
  readonly startedAt: number;
  readonly done: PlanStep[];
  /** The namespace as it was first seen. */
  namespace?: ObservedNamespace;
};

/** Conflicts in a row before the message goes back to the queue, behind others. */
const roundsMax = 5;

async function syncInRounds(
  { data: { namespace: name, cause }, urgency }: Delivery<'namespace.sync'>,
  progress: Progress,
  tools: SyncTools,
): Promise<HandlerResult> {
  const { clock, fightGuard, troubles } = tools;
  for (let round = 1; round <= roundsMax; round++) {
    const planned = await planFor(name, tools);
    if (planned === undefined) return undefined;
    const { plan, namespace, era } = planned;
    const allowed = await fightGuard.allow(name, cause, plan.steps);
    const { applied, conflicted, failure } = await applyPlan(allowed.steps, { ...namespace, era }, urgency, tools);
    progress.namespace ??= namespace;
    progress.done.push(...applied);
    await fightGuard.note(namespace, cause, applied);
    // Whatever was begun ends with the namespace; its deletion will be observed.
    if (failure?.code === 'kubernetes-namespace-terminating') return undefined;
    if (failure?.reaction.kind === 'retry-slowly') troubles.update(namespace, { leftAlone: plan.leftAlone, failure });
    if (failure !== undefined) throw failure;
    if (conflicted) continue;
    troubles.update(namespace, plan);
    return againAt([plan.planAgainAt, allowed.heldUntil], clock());
  }
  throw new Failure('kubernetes-conflict', `namespace ${name}: somebody else was faster ${roundsMax} times in a row`);
}

/** Absent: there is no configuration, or no such namespace. What does not depend on each other is read in one round trip. */
async function planFor(name: string, tools: SyncTools): Promise<Planned | undefined> {
  const [era, listed, inForce, observation, credentials] = await Promise.all([
    // First: what is observed may be of a later era, never of an earlier one.
    tools.observations.era(),
    tools.observations.listed('everything'),
    tools.configurations.read(),
    tools.observations.read(name),
    tools.credentials.latest(),
  ]);
  // Until everything was listed an absence means nothing; the end of the lists names every namespace.
  if (listed === undefined || inForce === undefined || observation.namespace === undefined) return undefined;
  const now = tools.clock();
  const desired = await tools.desiredSecrets.forNamespace(name, inForce, now, credentials);
  const plan = planNamespace({
    observation,
    configuration: inForce.configuration,
    desired,
    secretName: tools.secretName,
    now,
  });
  return { plan, namespace: observation.namespace, era };
}

type Planned = { readonly plan: NamespacePlan; readonly namespace: ObservedNamespace; readonly era: string };

function synced(
  { data: { namespace, cause } }: Delivery<'namespace.sync'>,
  { startedAt, done, namespace: observed }: Progress,
  { clock, watchClock, fightGuard }: SyncTools,
): Happening {
  const now = clock();
  return {
    kind: 'namespace-synced',
    namespace,
    cause,
    writes: done.map(({ action }) => action),
    attached: done.flatMap((step) => (step.action === 'attach' ? [step.account.name] : [])),
    seconds: (now - startedAt) / 1000,
    // What was held back in a fight was noticed long ago.
    sweepCorrections: cause === 'sweep' && !fightGuard.isEmbattled(namespace) ? sweepCorrections(done, now) : 0,
    ...readySeconds(observed, done, cause, watchClock()),
  };
}

function againAt(moments: readonly (number | undefined)[], now: number): HandlerResult {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : { againAfterSeconds: Math.max(0.05, (Math.min(...known) - now) / 1000) };
}
