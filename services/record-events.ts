import type { FailureCode } from '../common/domain/failure-catalog.ts';
import { toFailure, type Failure } from '../common/domain/failure.ts';
import type { Happening, Report } from '../common/domain/happening.ts';
import type { Clock } from '../common/ports/clock.ts';
import type { EventRecorder, KubernetesEvent } from '../common/ports/events.ts';
import type { Timers } from '../queues/timers.ts';
import { namespaceEvent } from './namespace-events.ts';
import type { EventWrite, WriteOutcome } from './ongoing-event.ts';
import { EventPacer, type PaceOptions } from './pace-events.ts';
import { podEvent } from './pod-events.ts';

export type RecordEventsTools = {
  readonly connect: () => Promise<EventRecorder>;
  readonly report: Report;
  readonly clock: Clock;
  readonly timers: Timers;
};

export type EventRecording = {
  /** Never throws: an Event that cannot be sent is not worth a failure. */
  readonly note: Report;
  /** Says what is not said yet, and ends. Takes a few seconds at most. */
  readonly close: () => Promise<void>;
};

/** Makes Events of what a person who edited the ConfigMap wants to know. */
export function recordEvents(tools: RecordEventsTools): EventRecording {
  const { clock, timers } = tools;
  const pace = { ...createSender(tools), clock, timers };
  // Credentials that fail by the hundred must not keep a person from hearing what became of an edit.
  const aboutEdits = new EventPacer({
    ...pace,
    isSeenByAll: true,
    heartbeatSeconds: secondsOfPatience,
    burst: 100,
    secondsPerRequest: 5,
  });
  const others = { ...pace, isSeenByAll: false, heartbeatSeconds: 360 };
  const aboutTheRest = new EventPacer({ ...others, burst: 20, secondsPerRequest: 30 });
  const aboutNamespaces = new EventPacer({ ...others, burst: 50, secondsPerRequest: 10 });
  let seen: Extract<Happening, { kind: 'configuration-seen' }> | undefined;
  return {
    note(happening) {
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
    },
    async close() {
      const closed = Promise.all([aboutEdits, aboutTheRest, aboutNamespaces].map((pacer) => pacer.close()));
      await new Promise<void>((resolve) => {
        const stopWaiting = timers.after(closeMilliseconds, resolve);
        void closed.then(stopWaiting).then(resolve);
      });
    },
  };
}

/** So long a person who made the same mistake again waits for the count. */
const secondsOfPatience = 2;
const closeMilliseconds = 3000;

type Sender = Pick<PaceOptions, 'send' | 'mayRepeat'>;

/** A right that is missing is said once: whoever installed an older role still gets each Event, only without a count. */
function createSender({ connect, report }: RecordEventsTools): Sender {
  let mayRepeat = true;
  const forbid = (failure: Failure): void => {
    if (mayRepeat) report({ kind: 'events-not-counted', failure });
    mayRepeat = false;
  };
  return {
    mayRepeat: () => mayRepeat,
    send: async (write) => {
      try {
        return await sendTo(await connect(), write);
      } catch (error) {
        const failure = toFailure(error);
        if (write.kind === 'repeat' && failure.code === 'kubernetes-forbidden') forbid(failure);
        return outcomeOf(write, failure);
      }
    },
  };
}

async function sendTo(recorder: EventRecorder, write: EventWrite): Promise<WriteOutcome> {
  if (write.kind === 'record')
    return (await recorder.record(write.event, write.series)) === 'made' ? 'written' : 'taken';
  await recorder.repeat(write.event, write.series);
  return 'written';
}

function outcomeOf({ kind }: EventWrite, { code }: Failure): WriteOutcome {
  // Of a new Event it is the namespace that is gone.
  if (code === 'kubernetes-not-found') return kind === 'repeat' ? 'gone' : 'refused';
  return lasting.has(code) ? 'refused' : 'failed';
}

/** What asking again does not mend. */
const lasting: ReadonlySet<FailureCode> = new Set([
  'kubeconfig-invalid',
  'kubernetes-namespace-terminating',
  'kubernetes-forbidden',
  'kubernetes-invalid',
]);

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
