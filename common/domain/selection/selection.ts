import type { Configuration, MirrorEntry, RegistryEntry } from '../configuration/configuration.ts';
import { matchesLabels } from './label-selector.ts';
import { matchesName } from './name-patterns.ts';
import type { ObservedAccount, ObservedNamespace } from '../namespaces/observation.ts';

/** Whether the namespace is to get Secrets. One function for watcher, writer and admission. */
export function selectsNamespace(
  configuration: Pick<Configuration, 'namespaces' | 'namespaceSelector'>,
  namespace: Pick<ObservedNamespace, 'name' | 'labels' | 'ignored'>,
): boolean {
  return (
    !namespace.ignored &&
    matchesName(configuration.namespaces, namespace.name) &&
    (configuration.namespaceSelector === undefined || matchesLabels(configuration.namespaceSelector, namespace.labels))
  );
}

/** Whether the account is to get the reference, given that its namespace is selected. */
export function selectsAccount(
  configuration: Pick<Configuration, 'accounts' | 'accountSelector' | 'attach'>,
  account: Pick<ObservedAccount, 'name' | 'labels' | 'ignored'>,
): boolean {
  return (
    configuration.attach &&
    !account.ignored &&
    matchesName(configuration.accounts, account.name) &&
    (configuration.accountSelector === undefined || matchesLabels(configuration.accountSelector, account.labels))
  );
}

/** Whether the entry of `acr-registry-info` concerns the namespace, given that the namespace is selected. */
export function selectsEntry(entry: Pick<RegistryEntry | MirrorEntry, 'namespaces'>, namespace: string): boolean {
  return entry.namespaces === undefined || matchesName(entry.namespaces, namespace);
}
