import { setTimeout as sleep } from 'node:timers/promises';
import {
  addDetachments,
  changeOf,
  countDetachment,
  isHeldBack,
  noDetachment,
  type Detachment,
} from '../../common/domain/selection/configuration-change.ts';
import type { ConfigurationInForce } from '../../common/domain/configuration/configuration.ts';
import type { Clock, ObservationStore } from '../../common/ports.ts';
import { readObservations } from '../read-observations.ts';

export type JudgeTools = {
  readonly observations: Pick<ObservationStore, 'listed' | 'namespaces' | 'read'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** A configuration that may take the place of another. */
export type ProposedChange = {
  readonly next: Pick<ConfigurationInForce, 'configuration' | 'localRegion'>;
  /** Absent: nothing is known of what was before. */
  readonly before?: Pick<ConfigurationInForce, 'configuration' | 'localRegion'> | undefined;
  /** The ConfigMap sets nothing any more. */
  readonly isEmptied: boolean;
};

/**
 * What the configuration would take away, when that is too much to be taken over unasked [N6]. Waits until the cluster was listed,
 * because what is attached is known only then.
 */
export async function judgeChange(change: ProposedChange, tools: JudgeTools): Promise<Detachment | undefined> {
  await untilListed('everything', tools);
  const prepared = changeOf(change.next, change.before);
  const now = tools.clock();
  let total = noDetachment;
  for await (const page of readObservations(tools.observations))
    total = addDetachments(total, countDetachment(prepared, page, now));
  return isHeldBack(total, change.isEmptied) ? total : undefined;
}

/**
 * Whether there were Secrets of ours when they were listed first. Where there were none and no configuration was in force since, there
 * is nothing to lose, and no need to wait until everything was listed.
 */
export async function hadSomethingToLose(tools: Pick<JudgeTools, 'observations' | 'signal'>): Promise<boolean> {
  return (await untilListed('secrets', tools)) > 0;
}

async function untilListed(
  what: 'secrets' | 'everything',
  { observations, signal }: Pick<JudgeTools, 'observations' | 'signal'>,
): Promise<number> {
  for (;;) {
    const objects = await observations.listed(what);
    if (objects !== undefined) return objects;
    await sleep(pollMilliseconds, undefined, { signal });
  }
}

const pollMilliseconds = 10;
