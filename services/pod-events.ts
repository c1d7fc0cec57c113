import type { Happening } from '../common/domain/happening.ts';
import type { KubernetesEvent } from '../common/ports/events.ts';

/** What is said about a pod to whoever asks where it went, or why it still hangs. `undefined`: nothing. */
export function podEvent(happening: Happening, at: number): KubernetesEvent | undefined {
  const words = wordsOf(happening);
  // The Event outlives the pod; one of each kind is enough for a pod.
  return words === undefined ? undefined : { ...words, at, occasion: words.uid };
}

type Words = Pick<KubernetesEvent, 'type' | 'reason' | 'note' | 'namespace' | 'pod' | 'uid'>;

function wordsOf(happening: Happening): Words | undefined {
  const make = events[happening.kind] as ((happening: Happening) => Words | undefined) | undefined;
  return make?.(happening);
}

/** EVERY Event on a pod: its reason and its words. */
const events: {
  readonly [K in Happening['kind']]?: (happening: Extract<Happening, { kind: K }>) => Words | undefined;
} = {
  'pod-evicted': ({ namespace, pod, uid, account, controller, image, secrets }) => ({
    type: 'Normal',
    reason: 'EvictedToPull',
    note: `Evicted: it could not pull ${image}, because it was admitted before ServiceAccount ${account} referred to Secret ${secrets.join(', ')}. ${controller} makes a new pod, which has the reference (repair-pods).`,
    namespace,
    pod,
    uid,
  }),
  'pod-not-evicted': ({ namespace, pod, uid, failure, gaveUp }) =>
    gaveUp
      ? {
          type: 'Warning',
          reason: 'CannotEvict',
          note: `It was admitted before its ServiceAccount had the reference, and cannot be evicted: ${failure.message}. Delete it by hand, and its controller makes one that can pull.`,
          namespace,
          pod,
          uid,
        }
      : undefined,
};
