import { toFailure, type Failure } from '../../common/domain/failure.ts';
import type { Report } from '../../common/domain/happening.ts';
import type { HungPod } from '../../common/domain/pods/hung-pod.ts';
import { planRepair } from '../../common/domain/pods/plan-repair.ts';
import { claimRepair, hasRoomForRepair, noteRefusal, withdrawRepair } from '../../common/domain/pods/repair-history.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { PodEvictor } from '../../common/ports/cluster-writer.ts';
import type { RepairMemory } from '../../common/ports/memories.ts';
import type { ConfigurationStore, ObservationStore } from '../../common/ports/stores.ts';
import type { Delivery, Handler } from '../../queues/bus.ts';

export type RepairPodTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly observations: Pick<ObservationStore, 'read' | 'listed'>;
  readonly pods: PodEvictor;
  readonly repairs: RepairMemory;
  readonly clock: Clock;
  readonly report: Report;
};

/**
 * Evicts a pod that was admitted before its account had the reference, if it still hangs and its turn has come. A pod whose turn has
 * not come is forgotten here: the watcher names it again.
 *
 * Calls: get of the pod, create of `pods/eviction`.
 */
export function repairPod(tools: RepairPodTools): Handler<'pod.repair'> {
  return async ({ data, urgency }) => {
    const { clock, repairs } = tools;
    // Most of those whose turn has not come end here, before the API server is asked.
    if (!hasRoomForRepair(await repairs.read(), clock())) return;
    const found = await findRepairable(data, urgency, tools);
    if (found === undefined) return;
    const { pod } = found;
    const claim = await repairs.change((history) => claimRepair(history, pod, clock()));
    if (claim !== 'granted') return;
    try {
      await tools.pods.evict(pod, urgency);
    } catch (error) {
      return afterFailure(pod, toFailure(error), tools);
    }
    tools.report({ kind: 'pod-evicted', ...namesOf(pod), image: found.image, secrets: found.secrets });
  };
}

type Found = { readonly pod: HungPod; readonly image: string; readonly secrets: readonly string[] };

/** The pod as it is now, if evicting it would help. */
async function findRepairable(
  { namespace, pod: name }: Delivery<'pod.repair'>['data'],
  urgency: Delivery<'pod.repair'>['urgency'],
  { configurations, observations, pods, clock }: RepairPodTools,
): Promise<Found | undefined> {
  const [inForce, listed] = await Promise.all([configurations.read(), observations.listed('everything')]);
  if (inForce?.configuration.repairPods !== true || listed === undefined) return undefined;
  const [pod, observation] = await Promise.all([
    pods.readHungPod(namespace, name, urgency),
    observations.read(namespace),
  ]);
  if (pod === undefined) return undefined;
  const plan = planRepair({ pod, observation, configuration: inForce.configuration, now: clock() });
  return plan.repair ? { pod, ...plan } : undefined;
}

/**
 * A refusal counts, so that the pod is tried only so often. What says that nothing was asked for, or of another pod, is taken back; the
 * bus brings the message back as the failure demands.
 */
async function afterFailure(pod: HungPod, failure: Failure, { repairs, report }: RepairPodTools): Promise<void> {
  if (isRefusal(failure)) {
    const { gaveUp } = await repairs.change((history) => noteRefusal(history, pod.uid));
    report({ kind: 'pod-not-evicted', ...namesOf(pod), failure, gaveUp });
    return;
  }
  await repairs.change((history) => withdrawRepair(history, pod.uid));
  throw failure;
}

/** Where no answer came the pod may have been evicted: then it is gone, or going, when it is looked at again. */
function isRefusal({ code }: Failure): boolean {
  return (
    code === 'kubernetes-disruption-budget' ||
    code === 'kubernetes-error' ||
    code === 'kubernetes-unreachable' ||
    code === 'kubernetes-invalid'
  );
}

function namesOf({ namespace, name, uid, account, controller }: HungPod) {
  const owner = controller === undefined ? '' : `${controller.kind} ${controller.name}`;
  return { namespace, pod: name, uid, account, controller: owner };
}
