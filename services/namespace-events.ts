import type { Happening } from '../common/domain/happening.ts';
import type { KubernetesEvent } from '../common/ports/events.ts';

/**
 * What is said about a namespace to whoever looks at its Events: changes of state that a person may want to act on, one each, and
 * nothing per object. `undefined`: nothing.
 */
export function namespaceEvent(happening: Happening, at: number): KubernetesEvent | undefined {
  const words = wordsOf(happening);
  if (words === undefined) return undefined;
  // Several writers, or one that was restarted, see the same: within ten minutes they make one Event.
  return { ...words, at, occasion: `${words.uid ?? ''} ${Math.floor(at / occasionMilliseconds)}` };
}

const occasionMilliseconds = 600_000;

type Words = Pick<KubernetesEvent, 'type' | 'reason' | 'note' | 'namespace' | 'uid'>;

function wordsOf(happening: Happening): Words | undefined {
  const make = events[happening.kind] as ((happening: Happening) => Words) | undefined;
  return make?.(happening);
}

/** EVERY Event on a namespace: its reason and its words. */
const events: {
  readonly [K in Happening['kind']]?: (happening: Extract<Happening, { kind: K }>) => Words;
} = {
  'secret-left-alone': ({ namespace, uid, secret, takeOver }) => ({
    type: 'Warning',
    reason: 'SecretLeftAlone',
    note: `Secret ${secret} has our name but belongs to somebody else: it was left alone, and no account refers to it because of us. Ways out: ${takeOver}.`,
    namespace,
    uid,
  }),
  'namespace-blocked': ({ namespace, uid, failure }) => ({
    type: 'Warning',
    reason: 'CannotWrite',
    note: `${failure.message} → ${failure.hint}`,
    namespace,
    uid,
  }),
  'namespace-recovered': ({ namespace, uid }) => ({
    type: 'Normal',
    reason: 'Recovered',
    note: 'The namespace is served as configured.',
    namespace,
    uid,
  }),
  'fight-recognised': ({ namespace, uid, object }) => ({
    type: 'Warning',
    reason: 'FightRecognised',
    note: `Somebody keeps undoing our change of ${object}: from now on it is made once a minute. Find out who (kubectl get -o yaml --show-managed-fields), or exclude the object from the configuration.`,
    namespace,
    uid,
  }),
  'fight-ended': ({ namespace, object }) => ({
    type: 'Normal',
    reason: 'FightEnded',
    note: `Nobody undoes our change of ${object} any more.`,
    namespace,
  }),
  'secret-made-anew': ({ namespace, secret }) => ({
    type: 'Warning',
    reason: 'SecretMadeAnew',
    note: `Secret ${secret} of ours was immutable or of another type, so that it could not be changed in place: it was deleted and made anew.`,
    namespace,
  }),
};
