import type { Clock } from '../../../ports/clock.ts';
import type { CloudCall } from '../cloud-call.ts';
import type { RegionalClient } from '../regional-client.ts';
import type { SessionCache } from '../session-cache.ts';
import type { SessionProvider } from '../session.ts';
import { readStsSession } from '../sts-answer.ts';
import { withSession } from '../with-session.ts';
import { checkArn } from './role-arn.ts';

export type AssumedRoleOptions = {
  readonly cloud: RegionalClient;
  /** Where `base` keeps its sessions. */
  readonly sessions: SessionCache;
  /** The cloud's time. */
  readonly now: Clock;
  /** 2–32 of `[A-Za-z0-9.@_-]`: shown in the other account's audit log. */
  readonly sessionName: string;
};

/**
 * A role of another account, taken on by `base`, STS 2015-04-01 `AssumeRole`. `sessionSeconds`: 900–43200, at most the role's
 * maximum. Throws `Failure`: `assume-role-denied`, and whatever `base` throws.
 */
export function provideAssumedRole(
  options: AssumedRoleOptions,
  roleArn: string,
  sessionSeconds: number,
  base: SessionProvider,
): SessionProvider {
  return async (signal) =>
    await withSession(base, options.sessions, signal, async (session) => {
      const query = {
        RoleArn: checkArn(roleArn, 'role'),
        RoleSessionName: options.sessionName,
        DurationSeconds: String(sessionSeconds),
      };
      const call: CloudCall = {
        product: 'sts',
        action: 'AssumeRole',
        version: '2015-04-01',
        method: 'POST',
        path: '/',
        query,
        subject: `role ${roleArn}`,
        session,
      };
      return readStsSession(call, await options.cloud.call(call, signal), options.now());
    });
}
