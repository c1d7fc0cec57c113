import { createHash, randomBytes, randomInt } from 'node:crypto';

import { createBoundedMap } from './bounded-map.ts';
import type { SimulatorClock } from './clock.ts';
import { isAllowed, type CallerIdentity } from './identity.ts';

/** The user name of every temporary password. */
export const temporaryUserName = 'cr_temp_user';

/** What a temporary password is good for. */
export type RegistryTokenSubject =
  | { readonly kind: 'instance'; readonly instanceId: string }
  | { readonly kind: 'personal-edition'; readonly accountId: string; readonly regionId: string };

/** A temporary password of a registry. Times are ms since the epoch. */
export type RegistryToken = {
  readonly password: string;
  readonly subject: RegistryTokenSubject;
  readonly holder: string;
  readonly access: readonly RepositoryAccess[];
  readonly issuedAt: number;
  readonly expiresAt: number;
};

export type RepositoryAccess = 'pull' | 'push';

/** The temporary passwords that have been given out. */
export type RegistryTokens = {
  /** A new password for `lifetimeSeconds`, or for the rest of the caller's session when that is shorter. */
  issue(subject: RegistryTokenSubject, caller: CallerIdentity, lifetimeSeconds: number): RegistryToken;
  /** The token with that password, expired or not. */
  find(password: string): RegistryToken | undefined;
};

/** No passwords yet; the oldest is forgotten beyond 50,000. */
export function createRegistryTokens(clock: SimulatorClock): RegistryTokens {
  const byPassword = createBoundedMap<RegistryToken>(50_000);
  return {
    issue: (subject, caller, lifetimeSeconds) => {
      const issuedAt = clock.now();
      const token: RegistryToken = {
        password: newPassword(subject, issuedAt),
        subject,
        holder: caller.arn,
        access: accessOf(caller),
        issuedAt,
        expiresAt: Math.min(issuedAt + lifetimeSeconds * 1000, caller.sessionExpiresAt ?? Number.POSITIVE_INFINITY),
      };
      byPassword.set(token.password, token);
      return token;
    },
    find: (password) => byPassword.get(password),
  };
}

/** The real password has this outside: base64 of JSON, a colon, a SHA-1 in hex. Nothing may be read into it. */
function newPassword(subject: RegistryTokenSubject, issuedAt: number): string {
  const visible = {
    ...(subject.kind === 'instance' ? { instanceId: subject.instanceId } : {}),
    time: String(issuedAt),
    type: subject.kind === 'instance' ? 'sub' : 'user',
    userId: String(randomInt(1e9, 1e12)),
  };
  const seal = createHash('sha1').update(randomBytes(32)).digest('hex');
  return `${Buffer.from(JSON.stringify(visible)).toString('base64')}:${seal}`;
}

function accessOf(caller: CallerIdentity): readonly RepositoryAccess[] {
  const rights = [
    ['pull', 'cr:PullRepository'],
    ['push', 'cr:PushRepository'],
  ] as const;
  return rights.filter(([, action]) => isAllowed(caller, action)).map(([access]) => access);
}
