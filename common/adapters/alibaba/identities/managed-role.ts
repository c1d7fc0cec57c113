import { Failure } from '../../../domain/failure.ts';
import type { Clock } from '../../../ports/clock.ts';
import { readBoundedFile } from '../bounded-file.ts';
import type { Session, SessionProvider } from '../session.ts';
import { readManagedRoleToken } from './managed-role-token.ts';

export type ManagedRoleOptions = {
  /** `/var/addon/token-config` where ACK mounts Secret `addon.aliyuncsmanagedacrrole.token`. */
  readonly tokenFile: string;
  /** The cloud's time. */
  readonly now: Clock;
};

/** Where ACK mounts Secret `addon.aliyuncsmanagedacrrole.token`. */
export const managedRoleTokenFile = '/var/addon/token-config';

/** The cluster's managed role: the token file is read anew each time, because ACK replaces it. Throws `Failure` `token-file-invalid`. */
export function provideManagedRole(options: ManagedRoleOptions): SessionProvider {
  return async () => {
    const session = await readManagedRole(options);
    if (session !== undefined) return session;
    throw new Failure('token-file-invalid', `there is no managed role token file ${options.tokenFile}`, {
      hint: 'mount Secret addon.aliyuncsmanagedacrrole.token there, or use tokenMode workerRole',
    });
  };
}

/** The session in the token file; `undefined` when there is no file. Throws `Failure` `token-file-invalid`. */
export async function readManagedRole({ tokenFile, now }: ManagedRoleOptions): Promise<Session | undefined> {
  const text = await readBoundedFile(tokenFile, 64 * 1024);
  return text === undefined ? undefined : readManagedRoleToken(tokenFile, text, now());
}
