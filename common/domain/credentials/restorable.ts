import type { Credential } from './credential.ts';
import type { CredentialSource } from './credential-source.ts';
import { parseDockerConfig, readPasswordLogin } from '../namespaces/docker-config.ts';
import type { ObservedSecret } from '../namespaces/observation.ts';
import { isOurs, readSources } from '../namespaces/our-secrets.ts';
import type { SecretText } from '../secret-text.ts';

/**
 * The credentials of these sources that a Secret of ours still holds: after a restart, or when Redis was emptied, they are taken
 * back instead of fetched anew. A source of which all domains are wanted needs a Secret that tells all of them.
 */
export function restorableSources(
  secret: ObservedSecret,
  sources: Iterable<CredentialSource>,
  now: number,
): readonly RestorableSource[] {
  if (!isOurs(secret) || !secret.ownsData) return [];
  const held = new Map(readSources(secret.sources).map((source) => [source.id, source]));
  return [...sources].flatMap((source) => {
    const entry = held.get(source.id);
    if (source.kind !== 'registry' || entry === undefined || entry.expiresAt <= now) return [];
    return source.wantsAllDomains && !entry.discovered ? [] : [{ id: source.id, expiresAt: entry.expiresAt }];
  });
}

/** `expiresAt`: ms since the epoch. */
export type RestorableSource = { readonly id: string; readonly expiresAt: number };

/**
 * Reads such credentials out of the Secret's docker config; leaves out what cannot be read. The hosts were confirmed when they were
 * written.
 */
export function restoreCredentials(
  secret: Pick<ObservedSecret, 'sources'>,
  dockerConfig: SecretText,
  sourceIds: readonly string[],
): readonly Credential[] {
  const logins = new Map((parseDockerConfig(dockerConfig) ?? []).map(({ host, login }) => [host, login]));
  return readSources(secret.sources).flatMap(({ id, hosts, domains, issuedAt, expiresAt }): Credential[] => {
    const login = logins.get(hosts[0] ?? '');
    const read = login === undefined ? undefined : readPasswordLogin(login);
    if (read === undefined || !sourceIds.includes(id)) return [];
    return [{ sourceId: id, ...read, discoveredDomains: domains ?? hosts, issuedAt, expiresAt }];
  });
}
