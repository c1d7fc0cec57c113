import type { Happening, Report } from '../common/domain/happening.ts';
import type { EventRecorder, KubernetesEvent } from '../common/ports.ts';

/** Makes Events of what a person who edited the ConfigMap wants to know. Never throws: an Event that cannot be sent is not worth a failure. */
export function recordEvents(connect: () => Promise<EventRecorder>): Report {
  return (happening) => {
    const event = eventOf(happening);
    if (event === undefined) return;
    void connect()
      .then((recorder) => recorder.record(event))
      .catch(() => undefined);
  };
}

/** EVERY Event: its reason and its words. */
function eventOf(happening: Happening): KubernetesEvent | undefined {
  switch (happening.kind) {
    case 'configuration-accepted':
      if (!happening.changed && happening.warnings.length === 0) return undefined;
      return {
        type: 'Normal',
        reason: 'ConfigurationAccepted',
        note: ['The configuration is in force.', ...happening.warnings].join('\n'),
      };
    case 'configuration-refused':
      return {
        type: 'Warning',
        reason: 'ConfigurationRefused',
        note: [inForceSentence(happening.keepsLastGood), ...happening.problems].join('\n'),
      };
    case 'configuration-held-back': {
      const { attached, detached, hash } = happening;
      const note = `Held back: it would detach ${detached} of ${attached} accounts. To confirm, annotate the ConfigMap with acr-credential-helper/confirm: ${hash}. ${inForceSentence(happening.keepsLastGood)}`;
      return { type: 'Warning', reason: 'ConfigurationHeldBack', note };
    }
    case 'credential-failed': {
      const { source, failure } = happening;
      return {
        type: 'Warning',
        reason: 'CredentialNotFetched',
        note: `${source}: ${failure.message} → ${failure.hint}`,
      };
    }
    default:
      return undefined;
  }
}

function inForceSentence(keepsLastGood: boolean): string {
  return keepsLastGood ? 'The last good configuration stays in force.' : 'No configuration is in force.';
}
