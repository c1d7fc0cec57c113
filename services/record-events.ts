import type { Happening, Report } from '../common/domain/happening.ts';
import type { Clock, EventRecorder, KubernetesEvent } from '../common/ports.ts';
import type { Timers } from '../queues/timers.ts';
import { namespaceEvent } from './namespace-events.ts';
import { EventPacer } from './pace-events.ts';
import { podEvent } from './pod-events.ts';

export type RecordEventsTools = {
  readonly connect: () => Promise<EventRecorder>;
  readonly clock: Clock;
  readonly timers: Timers;
};

/** Makes Events of what a person who edited the ConfigMap wants to know. Never throws: an Event that cannot be sent is not worth a failure. */
export function recordEvents({ connect, clock, timers }: RecordEventsTools): Report {
  const send = (event: KubernetesEvent): void =>
    void connect()
      .then((recorder) => recorder.record(event))
      .catch(() => undefined);
  // Credentials that fail by the hundred must not keep a person from hearing what became of an edit.
  const aboutEdits = new EventPacer({ send, clock, timers, burst: 100, secondsPerEvent: 5 });
  const aboutTheRest = new EventPacer({ send, clock, timers, burst: 20, secondsPerEvent: 30 });
  const aboutNamespaces = new EventPacer({ send, clock, timers, burst: 50, secondsPerEvent: 10 });
  let seen: Extract<Happening, { kind: 'configuration-seen' }> | undefined;
  return (happening) => {
    if (happening.kind === 'configuration-seen') seen = happening;
    const ofNamespace = namespaceEvent(happening, clock());
    if (ofNamespace !== undefined) aboutNamespaces.offer(`namespace ${ofNamespace.namespace}`, ofNamespace);
    const ofPod = podEvent(happening, clock());
    if (ofPod !== undefined) aboutNamespaces.offer(`pod ${ofPod.namespace}/${ofPod.pod}`, ofPod);
    const words = wordsOf(happening);
    if (words === undefined) return;
    const event = { ...words, at: clock(), uid: seen?.uid };
    if (isAboutAnEdit(happening)) aboutEdits.offer('configuration', { ...event, occasion: seen?.resourceVersion });
    else aboutTheRest.offer(`${words.reason} ${words.note}`, event);
  };
}

type Words = Pick<KubernetesEvent, 'type' | 'reason' | 'note'>;

function wordsOf(happening: Happening): Words | undefined {
  const make = events[happening.kind] as ((happening: Happening) => Words | undefined) | undefined;
  return make?.(happening);
}

function isAboutAnEdit({ kind }: Happening): boolean {
  return kind.startsWith('configuration-');
}

/** EVERY Event: its reason and its words. What is not in the list makes none. */
const events: {
  readonly [K in Happening['kind']]?: (happening: Extract<Happening, { kind: K }>) => Words | undefined;
} = {
  'configuration-accepted': ({ changed, warnings, version }) =>
    changed || warnings.length > 0
      ? {
          type: 'Normal',
          reason: 'ConfigurationAccepted',
          note: noteOf(`The configuration ${version} is in force.`, warnings),
        }
      : undefined,
  'configuration-refused': ({ problems, keepsLastGood }) => ({
    type: 'Warning',
    reason: 'ConfigurationRefused',
    note: noteOf(inForceSentence(keepsLastGood), problems),
  }),
  'configuration-held-back': ({ attached, detached, loggedOut, hash, keepsLastGood }) => ({
    type: 'Warning',
    reason: 'ConfigurationHeldBack',
    note: `Held back: of ${attached} accounts that pull with our Secrets, it would detach ${detached} and leave ${loggedOut} without any login that works today. To confirm, annotate the ConfigMap with acr-credential-helper/confirm: ${hash}. ${inForceSentence(keepsLastGood)}`,
  }),
  'configuration-missing': ({ configMap, keepsLastGood }) => ({
    type: 'Warning',
    reason: 'ConfigurationMissing',
    note: `There is no ConfigMap ${configMap}. ${inForceSentence(keepsLastGood)}`,
  }),
  'hosts-refused': ({ hosts }) => ({
    type: 'Warning',
    reason: 'HostsRefused',
    note: `${hosts.join(', ')}: neither Alibaba Cloud’s nor among the domains of the instance, so no token is written for them. Correct domains, or allow them with --allowed-host.`,
  }),
  'credential-failed': ({ source, failure }) => ({
    type: 'Warning',
    reason: 'CredentialNotFetched',
    note: `${source}: ${failure.message} → ${failure.hint}`,
  }),
};

/** As many sentences as an Event holds, and how many more there are. */
function noteOf(head: string, sentences: readonly string[]): string {
  const lines = [head];
  let bytes = Buffer.byteLength(head);
  for (const [index, sentence] of sentences.entries()) {
    bytes += 1 + Buffer.byteLength(sentence);
    if (bytes > noteBytes && index > 0) {
      lines.push(`… and ${sentences.length - index} more: see the log, or run acr-credential-helper check`);
      break;
    }
    lines.push(sentence);
  }
  return lines.join('\n');
}

/** The 1,024 bytes of a note, but for the line that says how many more there are. */
const noteBytes = 930;

function inForceSentence(keepsLastGood: boolean): string {
  return keepsLastGood ? 'The last good configuration stays in force.' : 'No configuration is in force.';
}
