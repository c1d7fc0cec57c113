import type { Configuration } from '../configuration/configuration.ts';
import type { ResolvedEntry } from '../credentials/resolve-registries.ts';
import type { NamespaceObservation, ObservedAccount, ObservedSecret } from '../namespaces/observation.ts';
import { isOurs, readSources } from '../namespaces/our-secrets.ts';
import { explainAccountSelection, explainNamespaceSelection } from '../selection/explain-selection.ts';
import { selectsAccount, selectsEntry } from '../selection/selection.ts';
import type { CredentialStatus } from '../status/status.ts';

export type ExplainInput = {
  readonly observation: NamespaceObservation;
  /** Absent: the namespace as a whole. */
  readonly account?: string | undefined;
  readonly configuration: Configuration;
  readonly entries: readonly ResolvedEntry[];
  /** By the running helper, or else by the annotations of Secrets. */
  readonly credentials: readonly CredentialStatus[];
  /** Names of the Secrets that the namespace should have, as far as they are known. */
  readonly wantedNames: readonly string[];
  /** ms since the epoch. */
  readonly now: number;
};

/** Why an account, or a namespace, has or has not which credential: each step from the configuration to the pull. */
export type Explanation = {
  /** Every registry that is meant for the namespace, in the order of the configuration. */
  readonly registries: readonly ExplainedRegistry[];
  readonly selection: readonly { readonly selected: boolean; readonly sentence: string }[];
  readonly secrets: readonly ExplainedSecret[];
  readonly references: ExplainedReferences;
  /** From all registries. */
  readonly canPull: boolean;
};

export type ExplainedRegistry = CredentialStatus & {
  /** The Secret of the namespace that holds a login of it that works. */
  readonly inSecret?: string | undefined;
  readonly canPull: boolean;
};

export type ExplainedSecret = {
  readonly name: string;
  /** `older`: the helper has a newer credential, which is not written yet. */
  readonly state: 'matches' | 'older' | 'changed' | 'expired' | 'missing' | 'not-ours';
  readonly managedBy?: string | undefined;
};

export type ExplainedReferences = {
  /** Accounts that are meant: the one that was asked for, or all that are selected. */
  readonly accounts: number;
  readonly attached: readonly string[];
  readonly missing: readonly string[];
};

/** Pure. The namespace must be there. */
export function explainNamespace(input: ExplainInput): Explanation {
  const { observation, configuration, account, wantedNames, now } = input;
  const selection = explainSelection(input);
  const isSelected = selection.every(({ selected }) => selected);
  const secrets = isSelected ? wantedNames.map((name) => explainSecret(name, input)) : [];
  const working = observation.secrets.filter((secret) => isOurs(secret) && secret.ownsData);
  const meant = observation.accounts.filter((each) =>
    account === undefined ? selectsAccount(configuration, each) : each.name === account,
  );
  const registries = isSelected ? registriesOf(input) : [];
  const explained = registries.map((registry) => {
    const holder = working.find((secret) => holds(secret, registry, now));
    const isReferred = holder !== undefined && meant.some((each) => each.pullSecrets.includes(holder.name));
    return {
      ...registry,
      inSecret: holder?.name,
      canPull: holder !== undefined && (account === undefined ? meant.length === 0 || isReferred : isReferred),
    };
  });
  const references = isSelected ? explainReferences(meant, secrets) : { accounts: 0, attached: [], missing: [] };
  return {
    registries: explained,
    selection,
    secrets,
    references,
    canPull: isSelected && explained.every(({ canPull }) => canPull) && references.missing.length === 0,
  };
}

function explainSelection({ observation, account, configuration }: ExplainInput): Explanation['selection'] {
  const { namespace } = observation;
  if (namespace === undefined) return [];
  const ofNamespace = explainNamespaceSelection(configuration, namespace);
  const observed = observation.accounts.find(({ name }) => name === account);
  return !ofNamespace.selected || observed === undefined
    ? [ofNamespace]
    : [ofNamespace, explainAccountSelection(configuration, observed)];
}

function registriesOf({ observation, entries, credentials }: ExplainInput): readonly CredentialStatus[] {
  const wanted = entries.filter(({ entry }) => selectsEntry(entry, observation.name));
  const ids = new Set(wanted.map(({ sourceId }) => sourceId));
  return credentials.filter(({ sourceId }) => ids.has(sourceId));
}

function holds(secret: ObservedSecret, { sourceId }: CredentialStatus, now: number): boolean {
  return readSources(secret.sources).some(({ id, expiresAt }) => id === sourceId && expiresAt > now);
}

function explainSecret(name: string, { observation, credentials, now }: ExplainInput): ExplainedSecret {
  const secret = observation.secrets.find((each) => each.name === name);
  if (secret === undefined) return { name, state: 'missing' };
  if (!isOurs(secret)) return { name, state: 'not-ours', managedBy: secret.managedBy ?? secret.writtenBy };
  if (!secret.ownsData) return { name, state: 'changed' };
  const sources = readSources(secret.sources);
  if (sources.some(({ expiresAt }) => expiresAt <= now)) return { name, state: 'expired' };
  const isOlder = sources.some(({ id, expiresAt }) =>
    credentials.some(
      (credential) => credential.sourceId === id && (credential.expiresAt ?? 0) > expiresAt + clockSlackMs,
    ),
  );
  return { name, state: isOlder ? 'older' : 'matches' };
}

/** The annotation has whole seconds. */
const clockSlackMs = 1000;

function explainReferences(
  meant: readonly ObservedAccount[],
  secrets: readonly ExplainedSecret[],
): ExplainedReferences {
  const usable = secrets.filter(({ state }) => state !== 'missing' && state !== 'not-ours').map(({ name }) => name);
  const isAttached = ({ pullSecrets }: ObservedAccount): boolean =>
    usable.length > 0 && usable.every((name) => pullSecrets.includes(name));
  return {
    accounts: meant.length,
    attached: meant.filter(isAttached).map(({ name }) => name),
    missing: meant.filter((each) => !isAttached(each)).map(({ name }) => name),
  };
}
