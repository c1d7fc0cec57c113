import type { Configuration } from '../configuration/configuration.ts';
import type { Labels, ObservedAccount, ObservedNamespace } from '../namespaces/observation.ts';
import { matchesLabels, type LabelRequirement, type LabelSelector } from './label-selector.ts';
import { matchesName, type NamePatterns } from './name-patterns.ts';

/** Why something is selected or is not: by the first rule that excludes it, or else by what includes it. */
export type SelectionReason = { readonly selected: boolean; readonly sentence: string };

/** Agrees with `selectsNamespace`. */
export function explainNamespaceSelection(
  configuration: Pick<Configuration, 'namespaces' | 'namespaceSelector'>,
  { name, labels, ignored }: Pick<ObservedNamespace, 'name' | 'labels' | 'ignored'>,
): SelectionReason {
  return explain({
    what: name,
    ignored,
    key: 'watch-namespace',
    patterns: configuration.namespaces,
    selectorKey: 'namespace-selector',
    selector: configuration.namespaceSelector,
    labels,
  });
}

/** Agrees with `selectsAccount`. */
export function explainAccountSelection(
  configuration: Pick<Configuration, 'accounts' | 'accountSelector' | 'attach'>,
  { name, labels, ignored }: Pick<ObservedAccount, 'name' | 'labels' | 'ignored'>,
): SelectionReason {
  if (!configuration.attach) return { selected: false, sentence: 'attach is "false": no account gets a reference' };
  return explain({
    what: name,
    ignored,
    key: 'service-account',
    patterns: configuration.accounts,
    selectorKey: 'service-account-selector',
    selector: configuration.accountSelector,
    labels,
  });
}

type Rules = {
  readonly what: string;
  readonly ignored: boolean;
  readonly key: string;
  readonly patterns: NamePatterns;
  readonly selectorKey: string;
  readonly selector: LabelSelector | undefined;
  readonly labels: Labels;
};

function explain({ what, ignored, key, patterns, selectorKey, selector, labels }: Rules): SelectionReason {
  const no = (sentence: string): SelectionReason => ({ selected: false, sentence });
  if (ignored) return no(`${what} has the annotation acr-credential-helper/ignore: "true"`);
  const includes = patterns.include.find((pattern) => matches(pattern, what));
  if (patterns.include.length === 0) return no(`${key} names nothing`);
  if (includes === undefined) return no(`${key} "${patterns.include.join(',')}" does not match ${what}`);
  const excludes = patterns.exclude.find((pattern) => matches(pattern, what));
  if (excludes !== undefined) return no(`${key} "!${excludes}" excludes ${what}`);
  const unmet = selector?.find((requirement) => !matchesLabels([requirement], labels));
  if (unmet !== undefined) return no(`${selectorKey}: ${what} does not meet "${describeRequirement(unmet)}"`);
  const also = selector === undefined ? '' : `, and ${selectorKey} is met`;
  return { selected: true, sentence: `${key} "${includes}" matches ${what}${also}` };
}

function matches(pattern: string, name: string): boolean {
  return matchesName({ include: [pattern], exclude: [] }, name);
}

function describeRequirement(requirement: LabelRequirement): string {
  switch (requirement.operator) {
    case 'in':
      return `${requirement.key} in (${requirement.values.join(', ')})`;
    case 'not-in':
      return `${requirement.key} notin (${requirement.values.join(', ')})`;
    case 'exists':
      return requirement.key;
    case 'does-not-exist':
      return `!${requirement.key}`;
  }
}
