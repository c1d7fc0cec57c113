import { matchFields, type Fault, type FaultEffect, type FaultKind, type FaultMatch } from './faults.ts';

/** Reads a fault that came as JSON: `{"match": {"action": "…"}, "effect": {"kind": "…"}, "times": 3}`, or says what is wrong. */
export function parseFault(value: unknown): Fault | { readonly problem: string } {
  if (!isObject(value)) return { problem: 'A fault is a JSON object with "match", "effect" and, optionally, "times".' };
  const { match = {}, effect, times } = value;
  if (!isMatch(match)) return { problem: `"match" may hold strings named ${matchFields.join(', ')}.` };
  if (!isEffect(effect)) return { problem: describeEffects() };
  if (times !== undefined && !isCount(times)) return { problem: '"times" must be a whole number above 0.' };
  return { match, effect, times };
}

/** Fields that each kind of effect needs or may have, and their type. */
const effectFields = {
  error: { status: 'number', code: 'string', 'message?': 'string' },
  throttle: { 'retryAfterMilliseconds?': 'number', 'status?': 'number' },
  hang: {},
  reset: {},
  html: { 'status?': 'number' },
  'not-successful': { code: 'string', 'message?': 'string' },
  'without-token': {},
  expiry: { offsetSeconds: 'number' },
  'invalid-json': {},
  'slow-body': { milliseconds: 'number' },
} satisfies Record<FaultKind, Record<string, 'number' | 'string'>>;

function isEffect(value: unknown): value is FaultEffect {
  if (!isObject(value) || typeof value['kind'] !== 'string' || !Object.hasOwn(effectFields, value['kind']))
    return false;
  const fields = effectFields[value['kind'] as FaultKind];
  return Object.entries(fields).every(([name, type]) => {
    const field = value[name.replace('?', '')];
    return field === undefined ? name.endsWith('?') : typeof field === type;
  });
}

function describeEffects(): string {
  const kinds = Object.entries(effectFields).map(([kind, fields]) => `${kind}(${Object.keys(fields).join(', ')})`);
  return `"effect" needs a "kind" and its fields: ${kinds.join('; ')}.`;
}

function isMatch(value: unknown): value is FaultMatch {
  if (!isObject(value)) return false;
  return Object.entries(value).every(
    ([name, pattern]) => matchFields.some((field) => field === name) && typeof pattern === 'string',
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
