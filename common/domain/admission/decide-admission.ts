import type { ObservedAccount, ObservedNamespace } from '../namespaces/observation.ts';
import { selectsAccount, selectsNamespace } from '../selection/selection.ts';
import { matchesName } from '../selection/name-patterns.ts';
import { referencesFor, type AdmissionRules } from './reference-rules.ts';

/** A namespace as far as an admission decision needs it. */
export type AdmissionNamespace = Pick<ObservedNamespace, 'name' | 'labels' | 'ignored'>;

/** A pod that is about to be created. */
export type AdmissionPod = {
  /** Name of its ServiceAccount. */
  readonly account: string;
  /** The opt-out annotation on the pod itself. */
  readonly ignored: boolean;
  readonly pullSecrets: readonly string[];
};

/** Names to add to a new ServiceAccount; what the writer would attach to it a moment later. */
export function decideAccount(
  rules: AdmissionRules,
  namespace: AdmissionNamespace,
  account: Pick<ObservedAccount, 'name' | 'labels' | 'ignored' | 'pullSecrets'>,
): readonly string[] {
  if (!selectsNamespace(rules, namespace) || !selectsAccount(rules, account)) return [];
  return missing(referencesFor(rules, namespace.name), account.pullSecrets);
}

/**
 * Names to add to a new pod that brings its own list: the API server copies its account's list only into a pod without one [N21].
 * An account is told by its name: its labels and its annotation are not known here, so that pods are left alone where the
 * configuration selects accounts by labels.
 */
export function decidePod(rules: AdmissionRules, namespace: AdmissionNamespace, pod: AdmissionPod): readonly string[] {
  const isServed =
    rules.attach &&
    rules.accountSelector === undefined &&
    pod.pullSecrets.length > 0 &&
    !pod.ignored &&
    matchesName(rules.accounts, pod.account) &&
    selectsNamespace(rules, namespace);
  return isServed ? missing(referencesFor(rules, namespace.name), pod.pullSecrets) : [];
}

function missing(wanted: readonly string[], present: readonly string[]): readonly string[] {
  return wanted.filter((name) => !present.includes(name));
}
