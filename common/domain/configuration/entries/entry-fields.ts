import { isNothing } from './entry-list.ts';
import type { EntryFieldName } from './field-schema.ts';
import type { Report } from '../problems/problem.ts';
import type { MappingField, ScalarNode } from '../yaml/yaml-node.ts';

/** The fields of an entry, each by its name. */
export type EntryFields = {
  /** Absent: the field is not there, empty, or not a single value (which was reported). */
  value(name: EntryFieldName): ScalarNode | undefined;
  has(name: EntryFieldName): boolean;
  /** Reports with the name of the field filled in. */
  reportFor(name: EntryFieldName): Report;
};

/** The fields of one entry; what is asked for and is not a single value is reported. */
export function fieldsOf(byName: ReadonlyMap<string, MappingField>, report: Report): EntryFields {
  return {
    has: (name) => byName.has(name),
    reportFor: (name) => (finding) => report({ ...finding, field: name }),
    value(name) {
      const value = byName.get(name)?.value;
      if (value === undefined || (value.kind === 'scalar' && !value.quoted && isNothing(value.text))) return undefined;
      if (value.kind === 'scalar') return value.text.trim() === '' ? undefined : value;
      const message = `${name} takes one value, not a ${value.kind}`;
      report({ code: 'wrong-shape', span: value.span, field: name, message, write: `${name}: value` });
      return undefined;
    },
  };
}
