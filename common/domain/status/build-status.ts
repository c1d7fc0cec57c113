import type { Coverage, CredentialStatus, Headline, Status, StatusParts } from './status.ts';

/** The parts put together under their headline. */
export function buildStatus(parts: StatusParts): Status {
  return { headline: headlineOf(parts), ...parts };
}

/** The first rule that applies says how things are; the worst comes first. */
function headlineOf(parts: StatusParts): Headline {
  return (
    withoutConfiguration(parts) ??
    withoutCredential(parts.credentials) ??
    withUnserved(parts) ??
    withFailing(parts) ??
    withEditRefused(parts) ??
    withProblems(parts) ??
    allIsWell(parts)
  );
}

function withoutConfiguration({ configuration, problems }: StatusParts): Headline | undefined {
  if (configuration.inForce !== undefined) return undefined;
  const { latestEdit, configMap } = configuration;
  const refused = latestEdit?.state === 'refused' ? latestEdit.problems[0] : undefined;
  const [first] = problems;
  return {
    level: 'bad',
    sentence: `No configuration is in force: ${refused ?? `ConfigMap ${configMap} was not taken over yet`}.`,
    remedy:
      refused === undefined ? (first ?? `create the ConfigMap ${configMap}`) : `correct the ConfigMap ${configMap}`,
  };
}

/** Nobody can pull from a registry of which there is no credential. */
function withoutCredential(credentials: readonly CredentialStatus[]): Headline | undefined {
  const missing = credentials.filter(({ state }) => state === 'missing');
  const [first] = missing;
  if (first === undefined) return undefined;
  const others = missing.length === 1 ? '' : `, nor of ${count(missing.length - 1, 'other')}`;
  const why = first.failure === undefined ? '' : `: ${first.failure.message}`;
  return {
    level: 'bad',
    sentence: `There is no credential of ${first.name}${others}${withoutStop(why)}.`,
    remedy: first.failure?.hint,
  };
}

function withUnserved({ coverage, credentials }: StatusParts): Headline | undefined {
  const { selected, served, waiting, leftAlone } = coverage.namespaces;
  if (!coverage.listed) {
    return {
      level: 'warning',
      sentence: `The cluster is being listed: ${count(selected, 'selected namespace')} so far.`,
    };
  }
  if (waiting + leftAlone === 0) return undefined;
  const first = coverage.rows.find(({ state }) => state !== 'served' && state !== 'not-selected');
  return {
    level: served === 0 ? 'bad' : 'warning',
    sentence: `${waiting + leftAlone} of ${count(selected, 'namespace')} cannot pull from every registry yet${because(first)}.`,
    deadline: firstExpiry(credentials),
    remedy: leftAlone > 0 ? 'take-over: "true" adopts Secrets of our name that are not ours' : undefined,
  };
}

function because(row: Coverage['rows'][number] | undefined): string {
  const [reason] = row?.reasons ?? [];
  return row === undefined || reason === undefined ? '' : ` (${row.name}: ${reason})`;
}

function withFailing({ credentials, coverage }: StatusParts): Headline | undefined {
  const failing = credentials.filter(({ state }) => state === 'failing');
  const [first] = failing.toSorted((a, b) => (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity));
  if (first?.failure === undefined) return undefined;
  const what = failing.length === 1 ? `the credential of ${first.name}` : count(failing.length, 'credential');
  return {
    level: 'warning',
    sentence: `${canPull(coverage)}, but ${what} cannot be renewed: ${withoutStop(first.failure.message)}.`,
    deadline: first.expiresAt === undefined ? undefined : { what: 'first expiry', at: first.expiresAt },
    remedy: first.failure.hint,
  };
}

function withEditRefused({ configuration, coverage }: StatusParts): Headline | undefined {
  const { latestEdit, configMap } = configuration;
  switch (latestEdit?.state) {
    case undefined:
    case 'accepted':
      return undefined;
    case 'refused':
      return {
        level: 'warning',
        sentence: `${canPull(coverage)} by the last good configuration; the ConfigMap has ${count(latestEdit.problems.length, 'error')}.`,
        remedy: latestEdit.problems[0],
      };
    case 'missing':
      return {
        level: 'warning',
        sentence: `${canPull(coverage)} by the last good configuration; there is no ConfigMap ${configMap} any more.`,
        remedy: `create the ConfigMap ${configMap}, or run cleanup`,
      };
    case 'held-back':
      return {
        level: 'warning',
        sentence: `${canPull(coverage)} by the last good configuration; the latest edit is held back, because it takes away too much.`,
        remedy: `confirm it: annotate the ConfigMap with acr-credential-helper/confirm=${latestEdit.hash}`,
      };
  }
}

function withProblems({ problems, coverage }: StatusParts): Headline | undefined {
  const [first] = problems;
  return first === undefined
    ? undefined
    : { level: 'warning', sentence: `${canPull(coverage)}, but not all is well: ${withoutStop(first)}.` };
}

function allIsWell({ coverage, credentials }: StatusParts): Headline {
  const renewals = credentials.flatMap(({ renewsAt }) => renewsAt ?? []);
  return {
    level: 'good',
    sentence: coverage.namespaces.selected === 0 ? 'No namespace is selected.' : `${canPull(coverage)}.`,
    deadline: renewals.length === 0 ? undefined : { what: 'next renewal', at: Math.min(...renewals) },
  };
}

function firstExpiry(credentials: readonly CredentialStatus[]): Headline['deadline'] {
  const expiries = credentials.flatMap(({ expiresAt }) => expiresAt ?? []);
  return expiries.length === 0 ? undefined : { what: 'first expiry', at: Math.min(...expiries) };
}

function canPull({ namespaces: { selected } }: Coverage): string {
  if (selected === 0) return 'No namespace is selected';
  return selected === 1 ? 'The one selected namespace can pull' : `All ${selected} namespaces can pull`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}
