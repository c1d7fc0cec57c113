import type { Configuration } from '../configuration/configuration.ts';
import type { CredentialRecord } from '../credentials/credential.ts';
import type { ResolvedRegistries } from '../credentials/resolve-registries.ts';
import { selectsEntry } from '../selection/selection.ts';
import { desiredSecrets, type DesiredSecrets } from './desired-secrets.ts';

export type DesiredByNamespaceInput = {
  readonly configuration: Pick<Configuration, 'notifyEmail' | 'secretNaming'>;
  readonly resolved: ResolvedRegistries;
  readonly records: ReadonlyMap<string, CredentialRecord>;
  readonly secretName: string;
  /** `--allowed-host`. */
  readonly allowedHosts: readonly string[];
  /** ms since the epoch. */
  readonly now: number;
};

/**
 * What each namespace should have at one moment, given that it is selected. Namespaces with the same registries share one answer, so
 * that the whole cluster costs as much as there are sets of registries.
 */
export function desiredByNamespace(input: DesiredByNamespaceInput): (namespace: string) => DesiredSecrets {
  const { configuration, resolved, records, secretName, allowedHosts, now } = input;
  const bySet = new Map<string, DesiredSecrets>();
  return (namespace) => {
    const entries = resolved.entries.filter(({ entry }) => selectsEntry(entry, namespace));
    const key = entries.map(({ entry }) => entry.index).join();
    const known = bySet.get(key);
    if (known !== undefined) return known;
    const { notifyEmail: email, secretNaming: naming } = configuration;
    const desired = desiredSecrets({ entries, records, naming, secretName, email, allowedHosts, now });
    bySet.set(key, desired);
    return desired;
  };
}
