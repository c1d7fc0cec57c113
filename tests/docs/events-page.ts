type EventRow = {
  readonly type: 'Normal' | 'Warning';
  readonly means: string;
  /** Nothing to do, when absent. */
  readonly remedy?: string;
};

/** EVERY reason of an Event, by what it is about. A test compares it with `services/*-events.ts`. */
export const eventReasons: Readonly<Record<'ConfigMap' | 'Namespace' | 'Pod', Readonly<Record<string, EventRow>>>> = {
  ConfigMap: {
    ConfigurationAccepted: {
      type: 'Normal',
      means: 'an edit is in force, perhaps with warnings, which the note lists',
    },
    ConfigurationRefused: {
      type: 'Warning',
      means: 'the ConfigMap has errors, and the last good configuration stays in force',
      remedy: 'correct what the note lists; `acr-credential-helper check FILE` says it before',
    },
    ConfigurationHeldBack: {
      type: 'Warning',
      means: 'an edit would take logins away from most of those who pull today',
      remedy: 'undo it, or confirm it by the annotation that the note names',
    },
    ConfigurationMissing: {
      type: 'Warning',
      means: 'there is no ConfigMap, and the last good configuration stays in force',
      remedy: 'create it again, or run `acr-credential-helper cleanup`',
    },
    HostsRefused: {
      type: 'Warning',
      means: 'domains that are neither Alibaba Cloud’s nor the instance’s get no token',
      remedy: 'correct `domains`, or allow them with `--allowed-host`',
    },
    CredentialNotFetched: {
      type: 'Warning',
      means: 'a registry gives no login just now',
      remedy: 'the note says what to do; the code has a heading in [failure-modes.md](failure-modes.md)',
    },
  },
  Namespace: {
    SecretLeftAlone: {
      type: 'Warning',
      means: 'a Secret of our name belongs to somebody else',
      remedy: '`take-over: "true"` adopts it, `--secret-name` chooses another name',
    },
    CannotWrite: {
      type: 'Warning',
      means: 'the API server refuses what would be written into the namespace',
      remedy: 'the note says what to do',
    },
    Recovered: { type: 'Normal', means: 'what kept the namespace from being served is over' },
    FightRecognised: {
      type: 'Warning',
      means: 'somebody keeps undoing our change, which is made once a minute from then on',
      remedy: 'find out who (`kubectl get -o yaml --show-managed-fields`), or exclude the object',
    },
    FightEnded: { type: 'Normal', means: 'nobody undoes it any more' },
    SecretMadeAnew: {
      type: 'Warning',
      means: 'a Secret of ours was immutable or of another type, and was deleted and made anew',
    },
  },
  Pod: {
    EvictedToPull: {
      type: 'Normal',
      means:
        'a pod that was admitted before its account had the reference was evicted, so that a new one pulls (`repair-pods`)',
    },
    CannotEvict: {
      type: 'Warning',
      means: 'such a pod could not be evicted, and is left alone',
      remedy: 'delete it by hand, if its controller makes a new one',
    },
  },
};

/** `docs/events.md`. */
export function renderEventsPage(): string {
  const sections = Object.entries(eventReasons).map(([kind, reasons]) => {
    const rows = Object.entries(reasons).map(
      ([reason, { type, means, remedy = 'nothing' }]) => `| \`${reason}\` | ${type} | ${means} | ${remedy} |`,
    );
    return `## On a ${kind}\n\n| reason | type | means | what to do |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Events

\`kubectl -n kube-system describe configmap acr-configuration\`, and \`kubectl describe namespace NAME\`. They are of \`events.k8s.io/v1\`. Several
processes that see the same make one Event. What happens again within ten minutes makes no other Event: the one that is there becomes a series, which
\`kubectl describe\` shows as \`3s (x12 over 40m)\`. The second time is written at once, later ones every two seconds about edits, every six minutes about
the rest; a helper that was restarted begins a series of its own. Each kind has a rate of its own, for Events and counts together: bursts of 100
about edits, 20 about credentials and 50 about namespaces, then one in 5, 30 and 10 seconds, the latest of each topic.

${sections.join('\n')}`;
}
