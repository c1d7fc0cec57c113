import type { CloudRequest } from './cloud-request.ts';
import type { RoleSessions } from './sessions.ts';
import type { RegistryTokens } from './tokens.ts';
import type { CloudWorld } from './world.ts';

/** Where secrets are known from. */
export type KnownSecrets = {
  readonly world: CloudWorld;
  readonly sessions: RoleSessions;
  readonly tokens: RegistryTokens;
};

/** Rules that a request breaks by its URL alone: URLs end up in logs, so no secret may stand in one. */
export function urlViolations(request: CloudRequest, known: KnownSecrets): readonly string[] {
  return request.query.flatMap(([name, value]) => {
    if (name === 'OIDCToken') return ['an OIDC token in the URL'];
    return isSecret(value, known) ? [`a secret in the URL, in parameter ${name}`] : [];
  });
}

function isSecret(text: string, { world, sessions, tokens }: KnownSecrets): boolean {
  const holders = [...world.accounts, ...world.users];
  return (
    sessions.isSecret(text) ||
    tokens.find(text) !== undefined ||
    holders.some((holder) => holder.accessKeys.some((key) => key.secret === text))
  );
}
