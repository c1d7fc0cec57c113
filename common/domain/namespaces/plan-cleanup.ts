import type { ObservedAccount, ObservedSecret } from './observation.ts';
import { isOurs } from './our-secrets.ts';

/** The Secrets of one namespace that were found, by name. */
export type FoundSecrets = ReadonlyMap<string, ObservedSecret>;

/**
 * Entries of `imagePullSecrets` that go: those that name a Secret of ours, and those that name none although it would be ours.
 *
 * @param ourNames every name that was looked for in all namespaces: of these it is known that a Secret is missing.
 */
export function namesToDetach(
  { pullSecrets }: Pick<ObservedAccount, 'pullSecrets'>,
  secrets: FoundSecrets | undefined,
  ourNames: ReadonlySet<string>,
): readonly string[] {
  return pullSecrets.filter((name) => {
    const secret = secrets?.get(name);
    return secret === undefined ? ourNames.has(name) : isOurs(secret);
  });
}

/** Secrets of the namespace to delete once no account refers to them any more. */
export function secretsToDelete(secrets: FoundSecrets): readonly ObservedSecret[] {
  return [...secrets.values()].filter((secret) => isOurs(secret));
}

/** Secrets that have one of our names and are somebody else's: they stay, and so do the references to them. */
export function secretsToLeave(secrets: FoundSecrets): readonly ObservedSecret[] {
  return [...secrets.values()].filter((secret) => !isOurs(secret));
}
