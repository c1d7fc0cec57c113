import type { Configuration } from '../configuration/configuration.ts';
import type { NamespaceObservation } from '../namespaces/observation.ts';
import { isOurs } from '../namespaces/our-secrets.ts';
import { selectsAccount, selectsEntry, selectsNamespace } from './selection.ts';

/** What a configuration would take away from accounts that have a reference to a Secret of ours today. */
export type Detachment = { readonly attached: number; readonly detached: number };

/** Counts over the whole cluster. */
export function countDetachment(
  configuration: Configuration,
  observations: Iterable<NamespaceObservation>,
): Detachment {
  let attached = 0;
  let detached = 0;
  for (const observation of observations) {
    const ours = new Set(observation.secrets.filter((secret) => isOurs(secret)).map(({ name }) => name));
    const accounts = observation.accounts.filter(({ pullSecrets }) => pullSecrets.some((name) => ours.has(name)));
    attached += accounts.length;
    if (configuration.attach) {
      const isServed = servesNamespace(configuration, observation);
      detached += accounts.filter((account) => !isServed || !selectsAccount(configuration, account)).length;
    }
  }
  return { attached, detached };
}

/**
 * Whether the configuration is held back until a person confirms it [N6]: it would detach more than half of what is attached.
 * An edit that was meant to do that is rare, and one that was not stops every deployment of a cluster.
 */
export function isHeldBack({ attached, detached }: Detachment): boolean {
  return detached > attached / 2;
}

function servesNamespace(configuration: Configuration, { name, namespace }: NamespaceObservation): boolean {
  if (namespace === undefined || !selectsNamespace(configuration, namespace)) return false;
  return [...configuration.registries, ...configuration.mirrors].some((entry) => selectsEntry(entry, name));
}
