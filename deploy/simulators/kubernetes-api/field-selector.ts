import type { Kind } from './kinds.ts';
import { badRequest } from './status-errors.ts';
import type { StoredObject } from './stored-object.ts';

/** Whether an object is selected by its fields. */
export interface FieldSelector {
  readonly matches: (stored: StoredObject) => boolean;
  /** The one name that can match, when the selector names one. */
  readonly name: string | undefined;
}

interface Term {
  readonly label: string;
  readonly equal: boolean;
  readonly value: string;
}

/**
 * Parses a field selector: `metadata.name=x,type!=Opaque`. Each kind supports its own few fields.
 * Rules: https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
 * @throws StatusError 400 for a malformed term or a field that the kind does not support
 */
export function parseFieldSelector(kind: Kind, text: string): FieldSelector {
  const terms = splitTerms(text).map(parseTerm);
  const checks = terms.map((term) => check(kind, term));
  return {
    matches: (stored) => checks.every((matches) => matches(stored)),
    name: terms.find(({ label, equal }) => label === 'metadata.name' && equal)?.value,
  };
}

function splitTerms(text: string): readonly string[] {
  // A comma or an equals sign in a value is written with a backslash.
  return (text.match(/(?:\\.|[^,\\])+/g) ?? []).filter((term) => term !== '');
}

function parseTerm(text: string): Term {
  const match = /^(.*?)(!=|==|=)(.*)$/s.exec(text);
  if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  const [, label = '', operator, value = ''] = match;
  return { label, equal: operator !== '!=', value: value.replaceAll(/\\([\\,=])/g, '$1') };
}

function check(kind: Kind, { label, equal, value }: Term): (stored: StoredObject) => boolean {
  const read = reader(kind, label);
  return (stored) => (read(stored) === value) === equal;
}

function reader(kind: Kind, label: string): (stored: StoredObject) => string {
  if (label === 'metadata.name') return (stored) => stored.name;
  if (label === 'metadata.namespace' && kind.namespaced) return (stored) => stored.namespace;
  const path = kind.fieldLabels[label]?.join('.');
  if (path === undefined) throw badRequest(`field label not supported: ${label}`);
  if (path === 'metadata.name') return (stored) => stored.name;
  return (stored) => stored.fields[path] ?? '';
}
