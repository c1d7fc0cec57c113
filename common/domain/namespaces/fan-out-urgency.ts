import type { Configuration } from '../configuration/configuration.ts';
import { selectsAccount, selectsNamespace } from '../selection/selection.ts';
import type { Urgency } from '../urgency.ts';
import type { NamespaceObservation } from './observation.ts';
import { isOurs } from './our-secrets.ts';

/**
 * How urgent a namespace is among all that a fan-out names: who cannot pull comes before those whose Secret is only to be
 * renewed (`asked`), and both come before what is to be cleaned up. What there is nothing to do for comes last.
 */
export function fanOutUrgency(
  { namespace, accounts, secrets }: NamespaceObservation,
  configuration: Configuration,
  asked: Urgency,
): Urgency {
  const ours = new Set(secrets.filter((secret) => isOurs(secret)).map(({ name }) => name));
  if (namespace === undefined || !selectsNamespace(configuration, namespace))
    return ours.size > 0 ? 'drifted' : 'periodic';
  const isServed = accounts.every(
    (account) => !selectsAccount(configuration, account) || account.pullSecrets.some((name) => ours.has(name)),
  );
  return ours.size > 0 && isServed ? asked : 'unserved';
}
