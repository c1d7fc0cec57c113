import { Failure, toFailure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { DesiredSecret } from '../../common/domain/namespaces/desired-secret.ts';
import type {
  ObservedAccount,
  ObservedChange,
  ObservedNamespace,
  ObservedSecret,
} from '../../common/domain/namespaces/observation.ts';
import { stages, type PlanStep } from '../../common/domain/namespaces/plan-namespace.ts';
import type { Urgency } from '../../common/domain/urgency.ts';
import type { ClusterWriter } from '../../common/ports/cluster-writer.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';

export type ApplyTools = {
  readonly cluster: ClusterWriter;
  readonly observations: Pick<ObservationStore, 'observe'>;
  readonly report: Report;
};

/** The namespace as it was when its plan was made, and the era of that observation. */
export type PlannedNamespace = Pick<ObservedNamespace, 'name' | 'resourceVersion'> & { readonly era?: string };

export type ApplyOutcome = {
  readonly applied: readonly PlanStep[];
  /** Something was not as planned; what is there now was read and observed: plan again. */
  readonly conflicted: boolean;
  /** The first failure that is no conflict, after the other steps of its stage have ended. What follows was not tried. */
  readonly failure?: Failure;
};

/**
 * Carries out the steps, stage by stage. The answers of the API server are observed, so that the watch's echo of them is nothing
 * new. Throws what the store throws.
 */
export async function applyPlan(
  steps: readonly PlanStep[],
  namespace: PlannedNamespace,
  urgency: Urgency,
  tools: ApplyTools,
): Promise<ApplyOutcome> {
  const applied: PlanStep[] = [];
  const changes: ObservedChange[] = [];
  try {
    for (const stage of stages) {
      const ofStage = steps.filter((step) => step.stage === stage);
      const results = await Promise.all(ofStage.map((step) => attempt(step, namespace, urgency, tools)));
      changes.push(...results.flatMap(({ change }) => change ?? []));
      applied.push(...ofStage.filter((_step, index) => results[index]?.failure === undefined));
      const failures = results.flatMap(({ failure }) => failure ?? []);
      const fatal = failures.find(({ reaction }) => reaction.kind !== 'read-again');
      if (fatal !== undefined) return { applied, conflicted: false, failure: fatal };
      if (failures.length > 0) return { applied, conflicted: true };
    }
    return { applied, conflicted: false };
  } finally {
    if (changes.length > 0) await tools.observations.observe(changes, { era: namespace.era });
  }
}

type StepResult = { readonly change?: ObservedChange; readonly failure?: Failure };

async function attempt(
  step: PlanStep,
  namespace: PlannedNamespace,
  urgency: Urgency,
  tools: ApplyTools,
): Promise<StepResult> {
  try {
    return { change: await perform(step, namespace.name, urgency, tools) };
  } catch (error) {
    const failure = ofStalePlan(step, toFailure(error));
    if (failure.reaction.kind !== 'read-again') return { failure };
    tools.report({ kind: 'write-conflicted', namespace: namespace.name, action: step.action });
    try {
      return { failure, change: await readAfresh(step, namespace, urgency, tools.cluster) };
    } catch (readError) {
      return { failure: toFailure(readError) };
    }
  }
}

/** A Secret that was to be made is there already, and what is there is not even of our type: that is a plan on something stale. */
function ofStalePlan(step: PlanStep, failure: Failure): Failure {
  const isThereAlready = step.action === 'create-secret' && failure.code === 'kubernetes-unchangeable';
  return isThereAlready ? new Failure('kubernetes-conflict', failure.message, { cause: failure }) : failure;
}

async function perform(
  step: PlanStep,
  namespace: string,
  urgency: Urgency,
  tools: ApplyTools,
): Promise<ObservedChange> {
  const { cluster } = tools;
  switch (step.action) {
    case 'create-secret':
      return ofSecret(await cluster.createSecret(namespace, step.secret, urgency));
    case 'rewrite-secret':
    case 'repair-secret':
      return ofSecret(await writeOurs(step.action, step, namespace, urgency, tools));
    case 'take-over-secret':
      return ofSecret(await cluster.repairSecret(namespace, step.secret, step.at, urgency));
    case 'attach':
      return ofAccount(await cluster.attach(step.account, step.names, urgency));
    case 'detach':
      return ofAccount(await cluster.detach(step.account, step.names, urgency));
    case 'delete-secret':
      await cluster.deleteSecret(namespace, step.at.name, step.at, urgency);
      return { kind: 'secret', namespace, name: step.at.name, resourceVersion: step.at.resourceVersion };
  }
}

/**
 * In place, if that can be done. A Secret of ours that somebody made immutable, or made anew with another type, can only be
 * replaced: the namespace is without it for the time of one call, and that is said.
 */
async function writeOurs(
  action: 'rewrite-secret' | 'repair-secret',
  { secret, at }: { readonly secret: DesiredSecret; readonly at: ObservedSecret },
  namespace: string,
  urgency: Urgency,
  { cluster, report }: ApplyTools,
): Promise<ObservedSecret> {
  try {
    return action === 'rewrite-secret'
      ? await cluster.rewriteSecret(namespace, secret, at, urgency)
      : await cluster.repairSecret(namespace, secret, at, urgency);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code !== 'kubernetes-unchangeable') throw failure;
    await cluster.deleteSecret(namespace, secret.name, at, urgency);
    const created = await cluster.createSecret(namespace, secret, urgency);
    report({ kind: 'secret-made-anew', namespace, secret: secret.name, problem: failure.message });
    return created;
  }
}

/** What is there now, after a write that was planned on something else. */
async function readAfresh(
  step: PlanStep,
  planned: PlannedNamespace,
  urgency: Urgency,
  cluster: ClusterWriter,
): Promise<ObservedChange> {
  const namespace = planned.name;
  switch (step.action) {
    case 'attach':
    case 'detach': {
      const { name, uid, resourceVersion, seenAt } = step.account;
      const account = await cluster.readAccount(namespace, name, urgency);
      if (account === undefined) return { kind: 'account', namespace, name, resourceVersion };
      // It waits for its reference since it appeared, whatever others did to it meanwhile.
      return ofAccount(account.uid === uid && seenAt !== undefined ? { ...account, seenAt } : account);
    }
    case 'create-secret': {
      const secret = await cluster.readSecretMetadata(namespace, step.secret.name, urgency);
      return secret === undefined ? readNamespaceAfresh(planned, urgency, cluster) : ofSecret(secret);
    }
    case 'rewrite-secret':
    case 'repair-secret':
    case 'take-over-secret':
    case 'delete-secret': {
      const { name, resourceVersion } = step.at;
      const secret = await cluster.readSecretMetadata(namespace, name, urgency);
      return secret === undefined ? { kind: 'secret', namespace, name, resourceVersion } : ofSecret(secret);
    }
  }
}

/** A Secret that could not be created and is not there: the namespace itself may be gone. */
async function readNamespaceAfresh(
  planned: PlannedNamespace,
  urgency: Urgency,
  cluster: ClusterWriter,
): Promise<ObservedChange> {
  const state = await cluster.readNamespace(planned.name, urgency);
  const { resourceVersion } = state ?? planned;
  return { kind: 'namespace', namespace: planned.name, resourceVersion, state };
}

function ofSecret(state: ObservedSecret): ObservedChange {
  return {
    kind: 'secret',
    namespace: state.namespace,
    name: state.name,
    resourceVersion: state.resourceVersion,
    state,
  };
}

function ofAccount(state: ObservedAccount): ObservedChange {
  return {
    kind: 'account',
    namespace: state.namespace,
    name: state.name,
    resourceVersion: state.resourceVersion,
    state,
  };
}
