import { Failure, toFailure } from '../../../domain/failure.ts';
import type { SecretReader } from '../../../ports/own-secrets.ts';
import type { Session, SessionProvider } from '../session.ts';
import { provideManagedRole, readManagedRole, type ManagedRoleOptions } from './managed-role.ts';
import { readRegisteredClusterKey } from './registered-cluster.ts';

/** Which of the cluster's roles is used. */
export type TokenMode = 'auto' | 'managedRole' | 'workerRole';

export type ClusterRoleOptions = {
  readonly tokenMode: TokenMode;
  readonly managedRole: ManagedRoleOptions;
  readonly workerRole: SessionProvider;
  readonly secrets: SecretReader;
  /** `alibaba-addon-secret`. */
  readonly registeredClusterSecret: string;
};

/**
 * The cluster's own role. `auto`: the managed role when its token file is there; else the worker role; else, where there is none (a
 * registered cluster), the key pair of its Secret. Decided anew each time: a file that is mounted later is used from then on. The
 * Secret comes last so that a renewal in ACK reads nothing from the cluster. Throws `Failure`.
 */
export function provideClusterRole(options: ClusterRoleOptions): SessionProvider {
  switch (options.tokenMode) {
    case 'managedRole':
      return provideManagedRole(options.managedRole);
    case 'workerRole':
      return options.workerRole;
    case 'auto':
      return async (signal) =>
        (await readManagedRole(options.managedRole)) ?? (await workerRoleOrKeyPair(options, signal));
  }
}

/** When there is none of the three, a person must hear of all of them. */
async function workerRoleOrKeyPair(options: ClusterRoleOptions, signal: AbortSignal): Promise<Session> {
  try {
    return await options.workerRole(signal);
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.code !== 'metadata-unavailable' && failure.code !== 'worker-role-missing') throw failure;
    const keyPair = await readRegisteredClusterKey(options.secrets, options.registeredClusterSecret);
    if (keyPair !== undefined) return keyPair;
    const tried = `no managed role token file ${options.managedRole.tokenFile}, no Secret ${options.registeredClusterSecret}`;
    throw new Failure(failure.code, `${failure.message} (and there is ${tried})`, { hint: failure.hint });
  }
}
