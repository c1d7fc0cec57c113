import type { AdmissionSettings } from '../configuration.ts';
import { fieldsByName, isNothing } from '../entries/entry-list.ts';
import type { NamedSetting } from '../problems/nearest-name.ts';
import type { Values } from '../values/values.ts';
import type { Report } from '../problems/problem.ts';
import { readValue } from '../values/read-value.ts';
import { rrsaFields, webhookFields, type RrsaFieldName, type WebhookFieldName } from '../entries/field-schema.ts';
import { readBoolean, readChoice, readSeconds } from '../values/simple-values.ts';
import { reportUnknownFields } from '../entries/unknown-fields.ts';
import type { ScalarNode } from './yaml-node.ts';

/** `rrsa`: whether RRSA is enabled. */
export function readRrsaEnabled(values: Values): boolean {
  const fields = readMapping<RrsaFieldName>(values, 'rrsa', rrsaFields);
  const enable = fields.get('enable');
  return enable === undefined ? false : (readBoolean(enable.node, enable.node.quoted, enable.report) ?? false);
}

/** `webhook-configuration`. */
export function readWebhook(values: Values): Omit<AdmissionSettings, 'pods'> {
  const fields = readMapping<WebhookFieldName>(values, 'webhook-configuration', webhookFields);
  const enable = fields.get('enable');
  const policy = fields.get('failure-policy');
  const timeout = fields.get('timeout-seconds');
  return {
    enabled: (enable && readBoolean(enable.node, enable.node.quoted, enable.report)) ?? false,
    failurePolicy: (policy && readChoice(policy.node, 'failure-policy', ['Ignore', 'Fail'], policy.report)) ?? 'Ignore',
    timeoutSeconds: (timeout && readSeconds(timeout.node, timeout.node.quoted, timeoutLimits, timeout.report)) ?? 10,
  };
}

/** Source: Kubernetes API, MutatingWebhookConfiguration `timeoutSeconds`. */
const timeoutLimits = { name: 'timeout-seconds', minimum: 1, maximum: 30, advice: 'write 1–30' };

type GivenField = { readonly node: ScalarNode; readonly report: Report };

function readMapping<Name extends string>(
  values: Values,
  key: 'rrsa' | 'webhook-configuration',
  known: readonly NamedSetting[],
): ReadonlyMap<Name, GivenField> {
  const given = new Map<Name, GivenField>();
  const value = values.get(key);
  if (value === undefined) return given;
  const { report } = value;
  const node = unwrap(readValue(value.text, 'mapping', known, report), key, report);
  if (node === undefined || (node.kind === 'scalar' && isNothing(node.text))) return given;
  if (node.kind === 'scalar' && /^(?:true|false|yes|no|on|off)$/i.test(node.text)) {
    report({
      code: 'scalar-for-mapping',
      span: node.span,
      message: `"${node.text}" was read as "enable: ${node.text}"`,
      write: `enable: ${node.text}`,
      found: node.text,
    });
    return new Map([['enable' as Name, { node, report }]]);
  }
  if (node.kind !== 'mapping') {
    report({
      code: 'wrong-shape',
      span: node.span,
      message: `${key} takes fields, not a ${node.kind === 'list' ? 'list' : 'single value'}`,
      write: 'enable: true',
    });
    return given;
  }
  const byName = fieldsByName(node, report);
  reportUnknownFields(byName.values(), known, key, report);
  for (const { name } of known) {
    const field = byName.get(name);
    if (field === undefined) continue;
    const inField: Report = (finding) => report({ ...finding, field: name });
    if (field.value.kind !== 'scalar') {
      inField({
        code: 'wrong-shape',
        span: field.value.span,
        message: `${name} takes one value, not a ${field.value.kind}`,
        write: `${name}: value`,
      });
    } else if (field.value.quoted || !isNothing(field.value.text)) {
      given.set(name as Name, { node: field.value, report: inField });
    } else {
      inField({
        code: 'empty-value',
        span: field.nameSpan,
        message: `${name} is empty: its default is used`,
        write: `a value for ${name}, or no field`,
      });
    }
  }
  return given;
}

/** `rrsa: …` inside the value of `rrsa`. */
function unwrap(node: ReturnType<typeof readValue>, key: string, report: Report): ReturnType<typeof readValue> {
  if (node?.kind !== 'mapping' || node.fields.length !== 1) return node;
  const [field] = node.fields;
  if (field?.name !== key) return node;
  report({
    code: 'wrapped-value',
    span: field.nameSpan,
    message: `the value repeats the name ${key}`,
    write: 'the fields alone',
  });
  return field.value;
}
