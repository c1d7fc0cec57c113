import { nearestNames, type NamedSetting } from '../problems/nearest-name.ts';
import { shorten, type Report } from '../problems/problem.ts';
import { entryFields, rrsaFields, webhookFields } from './field-schema.ts';
import { keys } from '../schema.ts';
import type { MappingField } from '../yaml/yaml-node.ts';

/**
 * Says which fields are not known. One that resembles a known field is an error, because its meaning would get lost; so is
 * one that belongs elsewhere; any other is ignored with a warning. The value is never shown: it may be a secret.
 */
export function reportUnknownFields(
  fields: Iterable<MappingField>,
  known: readonly NamedSetting[],
  place: string,
  report: Report,
): void {
  for (const { name, nameSpan } of fields) {
    if (known.some((setting) => setting.name === name)) continue;
    const shown = shorten(name, 40);
    const span = nameSpan;
    const near = nearestNames(name, known);
    const home = homeOf(name);
    if (near.length > 0) {
      const message = `${shown} is not a field of ${place}`;
      report({
        code: 'unknown-field',
        span,
        field: shown,
        message,
        write: `did you mean ${near.join(' or ')}?`,
        found: shown,
      });
    } else if (home !== undefined) {
      const message = `${shown} is not a field of ${place}: it belongs ${home}`;
      report({
        code: 'misplaced-field',
        span,
        field: shown,
        message,
        write: `move it: it belongs ${home}`,
        found: shown,
      });
    } else {
      const message = `${shown} is not a field of ${place} and was ignored`;
      const write = `one of ${known.map((setting) => setting.name).join(', ')}`;
      report({ code: 'foreign-field', span, field: shown, message, write, found: shown });
    }
  }
}

/** Where a name that is known belongs, in words that follow "it belongs". */
export function homeOf(name: string): string | undefined {
  if (keys.some((setting) => setting.name === name)) return 'to the keys of the ConfigMap';
  if (entryFields.some((setting) => setting.name === name)) return 'into an entry of acr-registry-info';
  if (webhookFields.some((setting) => setting.name === name && name !== 'enable')) return 'into webhook-configuration';
  if (rrsaFields.some((setting) => setting.name === name)) return 'into rrsa or webhook-configuration';
  return undefined;
}
