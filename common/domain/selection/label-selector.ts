import type { Labels } from '../namespaces/observation.ts';

/** Standard label-selector text, parsed: every requirement must hold. */
export type LabelSelector = readonly LabelRequirement[];

export type LabelRequirement =
  | { readonly key: string; readonly operator: 'in' | 'not-in'; readonly values: readonly string[] }
  | { readonly key: string; readonly operator: 'exists' | 'does-not-exist' };

/** Whether the labels meet every requirement. As in Kubernetes, `not-in` also holds where the label is absent. */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  return selector.every((requirement) => {
    const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
    switch (requirement.operator) {
      case 'in':
        return value !== undefined && requirement.values.includes(value);
      case 'not-in':
        return value === undefined || !requirement.values.includes(value);
      case 'exists':
        return value !== undefined;
      case 'does-not-exist':
        return value === undefined;
    }
  });
}
