import { randomBytes, randomInt } from 'node:crypto';

import { createBoundedMap, type BoundedMap } from './bounded-map.ts';
import { isoSeconds, type SimulatorClock } from './clock.ts';
import { accountOfArn, nameInArn, type RamRole } from './world.ts';

/** Temporary credentials of a role. Times are ms since the epoch. */
export type RoleSession = {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly roleArn: string;
  readonly accountId: string;
  /** `acs:ram::<account>:assumed-role/<role>/<session>`. */
  readonly assumedRoleArn: string;
  readonly assumedRoleId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/** The sessions that STS and the metadata service have given out. */
export type RoleSessions = {
  /** Opens a session of `role` for `seconds`. */
  open(role: RamRole, sessionName: string, seconds: number): RoleSession;
  find(accessKeyId: string): RoleSession | undefined;
  /** Whether `text` is a secret of some session: its key's secret or its security token. */
  isSecret(text: string): boolean;
};

const remembered = 20_000;

/** No sessions yet; the oldest is forgotten beyond 20,000. */
export function createRoleSessions(clock: SimulatorClock): RoleSessions {
  const byKeyId: BoundedMap<RoleSession> = createBoundedMap(remembered);
  const secrets: BoundedMap<true> = createBoundedMap(remembered * 2);
  return {
    open: (role, sessionName, seconds) => {
      const session = newSession(role, sessionName, clock.now(), seconds);
      byKeyId.set(session.accessKeyId, session);
      secrets.set(session.accessKeySecret, true);
      secrets.set(session.securityToken, true);
      return session;
    },
    find: (accessKeyId) => byKeyId.get(accessKeyId),
    isSecret: (text) => secrets.has(text),
  };
}

/** The `Credentials` object of STS answers. */
export function stsCredentials(session: RoleSession): Record<string, string> {
  return {
    AccessKeyId: session.accessKeyId,
    AccessKeySecret: session.accessKeySecret,
    SecurityToken: session.securityToken,
    Expiration: isoSeconds(session.expiresAt),
  };
}

function newSession(role: RamRole, sessionName: string, now: number, seconds: number): RoleSession {
  const accountId = accountOfArn(role.arn);
  return {
    accessKeyId: `STS.${text(24)}`,
    accessKeySecret: text(44),
    // Slashes, pluses and equals signs on purpose: the real token has them, and they must survive every encoding.
    securityToken: `CAIS${randomBytes(240).toString('base64')}+/==`,
    roleArn: role.arn,
    accountId,
    assumedRoleArn: `acs:ram::${accountId}:assumed-role/${nameInArn(role.arn)}/${sessionName}`,
    assumedRoleId: `3${randomInt(1e9, 1e10)}:${sessionName}`,
    issuedAt: now,
    // Whole seconds, as in the answer: a client that reads `Expiration` must not hold a longer life than we do.
    expiresAt: Math.floor(now / 1000) * 1000 + seconds * 1000,
  };
}

function text(length: number): string {
  return randomBytes(length)
    .toString('base64')
    .replaceAll(/[^A-Za-z0-9]/g, 'x')
    .slice(0, length);
}
