import { planRelevance } from '../../domain/namespaces/observation-changes.ts';
import type {
  Labels,
  NamespaceObservation,
  ObservedAccount,
  ObservedChange,
  ObservedNamespace,
  ObservedSecret,
} from '../../domain/namespaces/observation.ts';

/**
 * A state as it is kept in Redis: `<version> <age> <relevance>`, the age in ms since the epoch (base 36) with `:` and `seenAt`
 * behind it where that is known, or `-` where it is not kept. The relevance is the text of `planRelevance`, so that equal ends mean equal plans and no
 * digest is needed. Empty: deleted.
 */
export function encodeState({ resourceVersion, state }: ObservedChange): string {
  if (state === undefined) return '';
  const age = 'createdAt' in state ? encodeAge(state) : '-';
  return `${resourceVersion} ${age} ${planRelevance(state)}`;
}

/** The state of the object that a change is about, from its stored text; `undefined` where there is none, or it cannot be read. */
export function decodeState(
  change: ObservedChange,
  text: string,
): ObservedNamespace | ObservedAccount | ObservedSecret | undefined {
  const stored = decodeStored(text);
  if (stored === undefined) return undefined;
  switch (change.kind) {
    case 'namespace':
      return decodeObservedNamespace(change.namespace, stored);
    case 'account':
      return decodeAccount(change.namespace, change.name, stored);
    case 'secret':
      return decodeSecret(change.namespace, change.name, stored);
  }
}

/** A namespace from the fields of its hash. Fields that cannot be read are left out, and told to `onBroken`. */
export function decodeNamespace(
  name: string,
  fields: Readonly<Record<string, string>>,
  onBroken: (field: string) => void,
): NamespaceObservation {
  let namespace: ObservedNamespace | undefined;
  const accounts: ObservedAccount[] = [];
  const secrets: ObservedSecret[] = [];
  // In the order of their names: what is planned must not depend on the order in which Redis keeps them.
  for (const field of Object.keys(fields).toSorted()) {
    const stored = decodeStored(fields[field] ?? '');
    if (field === 'namespace') {
      namespace = stored && decodeObservedNamespace(name, stored);
      if (namespace === undefined) onBroken(field);
    } else if (field.startsWith(accountPrefix)) {
      const account = stored && decodeAccount(name, field.slice(accountPrefix.length), stored);
      if (account === undefined) onBroken(field);
      else accounts.push(account);
    } else if (field.startsWith(secretPrefix)) {
      const secret = stored && decodeSecret(name, field.slice(secretPrefix.length), stored);
      if (secret === undefined) onBroken(field);
      else secrets.push(secret);
    }
  }
  return { name, ...(namespace === undefined ? {} : { namespace }), accounts, secrets };
}

const accountPrefix = 'account:';
const secretPrefix = 'secret:';

type Age = Pick<ObservedAccount, 'createdAt' | 'seenAt'>;
type Stored = { readonly resourceVersion: string; readonly age: Age; readonly relevance: readonly unknown[] };

function encodeAge({ createdAt, seenAt }: Age): string {
  return seenAt === undefined ? createdAt.toString(36) : `${createdAt.toString(36)}:${seenAt.toString(36)}`;
}

function decodeAge(text: string): Age {
  const [createdAt = '', seenAt] = text.split(':');
  const age = { createdAt: Number.parseInt(createdAt, 36) };
  return seenAt === undefined ? age : { ...age, seenAt: Number.parseInt(seenAt, 36) };
}

function decodeStored(text: string): Stored | undefined {
  const [, resourceVersion, age, json] = /^(\d+) (\S+) (.*)$/s.exec(text) ?? [];
  if (resourceVersion === undefined || age === undefined || json === undefined) return undefined;
  try {
    const relevance: unknown = JSON.parse(json);
    return Array.isArray(relevance) ? { resourceVersion, age: decodeAge(age), relevance } : undefined;
  } catch {
    return undefined;
  }
}

function decodeObservedNamespace(name: string, stored: Stored): ObservedNamespace | undefined {
  const { resourceVersion, age, relevance } = stored;
  const [uid, ignored, labels, terminating] = relevance;
  if (!isText(uid) || !isLabels(labels) || Number.isNaN(age.createdAt)) return undefined;
  return { name, uid, resourceVersion, terminating: terminating === 1, labels, ignored: ignored === 1, ...age };
}

function decodeAccount(namespace: string, name: string, stored: Stored): ObservedAccount | undefined {
  const { resourceVersion, age, relevance } = stored;
  const [uid, ignored, labels, pullSecrets] = relevance;
  if (!isText(uid) || !isLabels(labels) || !isTexts(pullSecrets) || Number.isNaN(age.createdAt)) return undefined;
  return { namespace, name, uid, resourceVersion, labels, ignored: ignored === 1, pullSecrets, ...age };
}

function decodeSecret(namespace: string, name: string, stored: Stored): ObservedSecret | undefined {
  const { resourceVersion, relevance } = stored;
  const [uid, ownsData, managedBy, version, sources, writtenBy = null] = relevance;
  if (!isText(uid) || !isTextOrNull(managedBy) || !isTextOrNull(version) || !isTextOrNull(sources)) return undefined;
  if (!isTextOrNull(writtenBy)) return undefined;
  return {
    namespace,
    name,
    uid,
    resourceVersion,
    ...(managedBy === null ? {} : { managedBy }),
    ...(version === null ? {} : { version }),
    ...(sources === null ? {} : { sources }),
    ownsData: ownsData === 1,
    ...(writtenBy === null ? {} : { writtenBy }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isLabels(value: unknown): value is Labels {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isText);
}
