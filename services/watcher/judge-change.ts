import { setTimeout as sleep } from 'node:timers/promises';
import { countDetachment, isHeldBack, type Detachment } from '../../common/domain/selection/configuration-change.ts';
import type { Configuration } from '../../common/domain/configuration/configuration.ts';
import type { ObservationStore } from '../../common/ports.ts';

export type JudgeTools = {
  readonly observations: Pick<ObservationStore, 'listed' | 'namespaces' | 'read'>;
  readonly signal: AbortSignal;
};

/**
 * What the configuration would detach, when that is too much to be taken over unasked [N6]. Waits until the cluster was listed,
 * because what is attached is known only then; a cluster without a Secret of ours has nothing to lose and need not wait.
 */
export async function judgeChange(configuration: Configuration, tools: JudgeTools): Promise<Detachment | undefined> {
  if ((await untilListed('secrets', tools)) === 0) return undefined;
  await untilListed('everything', tools);
  const { observations } = tools;
  const names = await observations.namespaces();
  let total: Detachment = { attached: 0, detached: 0 };
  for (let start = 0; start < names.length; start += namespacesAtOnce) {
    const page = await Promise.all(names.slice(start, start + namespacesAtOnce).map((name) => observations.read(name)));
    const { attached, detached } = countDetachment(configuration, page);
    total = { attached: total.attached + attached, detached: total.detached + detached };
  }
  return isHeldBack(total) ? total : undefined;
}

/** Read together, which is one round trip to Redis. */
const namespacesAtOnce = 200;

async function untilListed(what: 'secrets' | 'everything', { observations, signal }: JudgeTools): Promise<number> {
  for (;;) {
    const objects = await observations.listed(what);
    if (objects !== undefined) return objects;
    await sleep(pollMilliseconds, undefined, { signal });
  }
}

const pollMilliseconds = 10;
