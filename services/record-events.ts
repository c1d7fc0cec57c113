import type { Happening, Report } from '../common/domain/happening.ts';
import type { EventRecorder, KubernetesEvent } from '../common/ports.ts';

/** Makes Events of what a person who edited the ConfigMap wants to know. Never throws: an Event that cannot be sent is not worth a failure. */
export function recordEvents(connect: () => Promise<EventRecorder>): Report {
  let uid: string | undefined;
  return (happening) => {
    if (happening.kind === 'configuration-seen') uid = happening.uid;
    const event = eventOf(happening);
    if (event === undefined) return;
    void connect()
      .then((recorder) => recorder.record(event, uid))
      .catch(() => undefined);
  };
}

function eventOf(happening: Happening): KubernetesEvent | undefined {
  const make = events[happening.kind] as ((happening: Happening) => KubernetesEvent | undefined) | undefined;
  return make?.(happening);
}

/** EVERY Event: its reason and its words. What is not in the list makes none. */
const events: {
  readonly [K in Happening['kind']]?: (happening: Extract<Happening, { kind: K }>) => KubernetesEvent | undefined;
} = {
  'configuration-accepted': ({ changed, warnings }) =>
    changed || warnings.length > 0
      ? {
          type: 'Normal',
          reason: 'ConfigurationAccepted',
          note: ['The configuration is in force.', ...warnings].join('\n'),
        }
      : undefined,
  'configuration-refused': ({ problems, keepsLastGood }) => ({
    type: 'Warning',
    reason: 'ConfigurationRefused',
    note: [inForceSentence(keepsLastGood), ...problems].join('\n'),
  }),
  'configuration-held-back': ({ attached, detached, hash, keepsLastGood }) => ({
    type: 'Warning',
    reason: 'ConfigurationHeldBack',
    note: `Held back: it would detach ${detached} of ${attached} accounts. To confirm, annotate the ConfigMap with acr-credential-helper/confirm: ${hash}. ${inForceSentence(keepsLastGood)}`,
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

function inForceSentence(keepsLastGood: boolean): string {
  return keepsLastGood ? 'The last good configuration stays in force.' : 'No configuration is in force.';
}
