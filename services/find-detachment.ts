import type { ConfigurationInForce } from '../common/domain/configuration/configuration.ts';
import {
  addDetachments,
  changeOf,
  countDetachment,
  isHeldBack,
  noDetachment,
  type Detachment,
} from '../common/domain/selection/configuration-change.ts';
import type { ObservationStore } from '../common/ports/stores.ts';
import { readObservations } from './read-observations.ts';

/** A configuration that may take the place of another. */
export type ProposedChange = {
  readonly next: Pick<ConfigurationInForce, 'configuration' | 'localRegion'>;
  /** Absent: nothing is known of what was before. */
  readonly before?: Pick<ConfigurationInForce, 'configuration' | 'localRegion'> | undefined;
  /** The ConfigMap sets nothing any more. */
  readonly isEmptied: boolean;
};

/**
 * What the configuration would take away, when that is too much to be taken over unasked [N6]. One answer for the watcher, which
 * holds the edit back, and for the webhook, which refuses it. `now`: ms since the epoch.
 */
export async function findDetachment(
  { next, before, isEmptied }: ProposedChange,
  observations: Pick<ObservationStore, 'namespaces' | 'read'>,
  now: number,
): Promise<Detachment | undefined> {
  const change = changeOf(next, before);
  let total = noDetachment;
  for await (const page of readObservations(observations))
    total = addDetachments(total, countDetachment(change, page, now));
  return isHeldBack(total, isEmptied) ? total : undefined;
}
