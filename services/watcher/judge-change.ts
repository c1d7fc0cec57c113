import { setTimeout as sleep } from 'node:timers/promises';
import type { Detachment } from '../../common/domain/selection/configuration-change.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import { findDetachment, type ProposedChange } from '../find-detachment.ts';

export type JudgeTools = {
  readonly observations: Pick<ObservationStore, 'listed' | 'namespaces' | 'read' | 'era'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * What the configuration would take away, when that is too much to be taken over unasked [N6]. Waits until the cluster was listed,
 * because what is attached is known only then, and looks again where that was forgotten meanwhile: a cluster that was restored from a
 * backup shows an older ConfigMap at the same time.
 */
export async function judgeChange(change: ProposedChange, tools: JudgeTools): Promise<Detachment | undefined> {
  const { observations, clock } = tools;
  for (;;) {
    const era = await observations.era();
    await untilListed('everything', tools);
    const detachment = await findDetachment(change, observations, clock());
    if (era === (await observations.era())) return detachment;
  }
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
