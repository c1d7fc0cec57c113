import * as fc from 'fast-check';

import { listKeyOf } from '../../common/domain/namespaces/observation-changes.ts';
import type { NamespaceObservation, ObservedChange } from '../../common/domain/namespaces/observation.ts';
import { accountGone, accountSeen, namespaceGone, namespaceSeen, secretGone, secretSeen } from './observed-objects.ts';

/** What two watchers of one cluster deliver, in the order in which it arrives at the store. */
export type ObservationHistory = {
  /** In the order of their versions. */
  readonly changes: readonly ObservedChange[];
  readonly deliveries: readonly { readonly observer: 0 | 1; readonly changes: readonly ObservedChange[] }[];
};

/**
 * Random histories of a few objects: seen, changed, deleted and made anew. Both observers deliver every change, some of them
 * twice, each in an order of its own: as late and as mixed up as no real watch would be.
 */
export function anyObservationHistory(): fc.Arbitrary<ObservationHistory> {
  return fc.array(anyEvent, { minLength: 1, maxLength: 25 }).chain((events) => {
    const changes = events.map((event, index) => toChange(event, String(firstVersion + index)));
    const anyDelivery = fc.record({
      observer: fc.constantFrom<0 | 1>(0, 1),
      changes: fc.subarray(changes, { minLength: 1 }).chain((some) => fc.shuffledSubarray(some, { minLength: 1 })),
    });
    const everything = fc.shuffledSubarray(changes, { minLength: changes.length });
    return fc
      .tuple(fc.array(anyDelivery, { maxLength: 6 }), everything, everything, fc.nat(), fc.nat())
      .map(([some, first, second, firstAt, secondAt]) => ({
        changes,
        deliveries: some
          .toSpliced(firstAt % (some.length + 1), 0, { observer: 0, changes: first })
          .toSpliced(secondAt % (some.length + 2), 0, { observer: 1, changes: second }),
      }));
  });
}

/** What a store must know in the end: of each object the newest. */
export function newestStates(changes: readonly ObservedChange[]): readonly NamespaceObservation[] {
  const newest = new Map(changes.map((change) => [`${change.kind} ${listKeyOf(change)}`, change]));
  return namespaceNames.map((name) => {
    const here = [...newest.values()].filter((change) => change.namespace === name);
    const namespace = here.flatMap((change) => (change.kind === 'namespace' && change.state ? [change.state] : []))[0];
    return {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      accounts: here
        .flatMap((change) => (change.kind === 'account' && change.state ? [change.state] : []))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      secrets: here.flatMap((change) => (change.kind === 'secret' && change.state ? [change.state] : [])),
    };
  });
}

export const namespaceNames = ['shop', 'bank'] as const;

/** From 95, so that versions of different length meet: `99` is older than `100`. */
const firstVersion = 95;

const anyEvent = fc.record({
  namespace: fc.constantFrom(...namespaceNames),
  object: fc.constantFrom('namespace', 'account b', 'account a', 'secret'),
  deleted: fc.boolean(),
  /** What a plan depends on; two values, so that changes without meaning happen too. */
  variant: fc.constantFrom('one', 'two'),
});

type ObservedEvent = typeof anyEvent extends fc.Arbitrary<infer Event> ? Event : never;

function toChange({ namespace, object, deleted, variant }: ObservedEvent, resourceVersion: string): ObservedChange {
  if (object === 'namespace') {
    if (deleted) return namespaceGone(namespace, resourceVersion);
    return namespaceSeen(namespace, { resourceVersion, labels: { variant } });
  }
  if (object === 'secret') {
    if (deleted) return secretGone(namespace, 'ours', resourceVersion);
    return secretSeen(namespace, 'ours', { resourceVersion, version: variant });
  }
  const name = object.slice('account '.length);
  if (deleted) return accountGone(namespace, name, resourceVersion);
  return accountSeen(namespace, name, { resourceVersion, pullSecrets: [variant] });
}
