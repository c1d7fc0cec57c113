import type { NamePatterns } from '../selection/name-patterns.ts';
import type { NamespaceScope, ReferenceRule } from './reference-rules.ts';

/**
 * Expressions in the Common Expression Language, as admission policies evaluate them. Values of the configuration become string
 * literals and nothing else.
 */

/** `true` and `false` are folded away, so that a policy costs no more than what its configuration asks for. */
export type Condition = string;

/** A string literal. JSON writes one that CEL reads the same way; what it may leave as it is is printable. */
export function literal(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function literals(texts: readonly string[]): string {
  return `[${texts.map(literal).join(', ')}]`;
}

/** Whether the patterns select the name that `variable` holds: what `matchesName` answers. */
export function nameCondition({ include, exclude }: NamePatterns, variable: string): Condition {
  return all([anyPattern(include, variable), not(anyPattern(exclude, variable))]);
}

/** Whether the Secret of the rule is wanted in the namespace whose name `variable` holds. */
export function referenceCondition({ atLeast, hosts }: ReferenceRule, variable: string): Condition {
  return any(
    hosts.map((credentials) => {
      const wanted = credentials.map((scopes) => any(scopes.map((scope) => scopeCondition(scope, variable))));
      if (atLeast === 1) return any(wanted);
      if (atLeast === wanted.length) return all(wanted);
      return `[${wanted.join(', ')}].filter(wanted, wanted).size() >= ${atLeast}`;
    }),
  );
}

export function all(conditions: readonly Condition[]): Condition {
  const open = [...new Set(conditions)].filter((condition) => condition !== 'true');
  if (open.includes('false')) return 'false';
  return open.length === 0 ? 'true' : open.length === 1 ? (open[0] ?? 'true') : `(${open.join(' && ')})`;
}

export function any(conditions: readonly Condition[]): Condition {
  const open = [...new Set(conditions)].filter((condition) => condition !== 'false');
  if (open.includes('true')) return 'true';
  return open.length === 0 ? 'false' : open.length === 1 ? (open[0] ?? 'false') : `(${open.join(' || ')})`;
}

function not(condition: Condition): Condition {
  if (condition === 'true' || condition === 'false') return condition === 'true' ? 'false' : 'true';
  return `!(${condition})`;
}

function scopeCondition(scope: NamespaceScope, variable: string): Condition {
  return scope === 'every' ? 'true' : nameCondition(scope, variable);
}

function anyPattern(patterns: readonly string[], variable: string): Condition {
  if (patterns.some((pattern) => /^\*+$/.test(pattern))) return 'true';
  const names = patterns.filter((pattern) => !/[*?]/.test(pattern));
  const globs = patterns.filter((pattern) => /[*?]/.test(pattern));
  const prefixes = globs.filter((glob) => /^[^*?]+\*$/.test(glob));
  const others = globs.filter((glob) => !prefixes.includes(glob));
  return any([
    ...(names.length > 3
      ? [`${variable} in ${literals(names)}`]
      : names.map((name) => `${variable} == ${literal(name)}`)),
    ...prefixes.map((glob) => `${variable}.startsWith(${literal(glob.slice(0, -1))})`),
    others.length === 0 ? 'false' : `${variable}.matches(${literal(`^(${others.map(regularExpression).join('|')})$`)})`,
  ]);
}

/** RE2: names hold nothing but letters, digits, `-` and `.`, and all others are taken literally. */
function regularExpression(glob: string): string {
  return glob
    .replaceAll(/[\\^$.|+()[\]{}]/g, (character) => `\\${character}`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
}
