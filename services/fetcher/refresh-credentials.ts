import { secretBehind } from '../../common/domain/credentials/credential-source.ts';
import { resolveRegistries } from '../../common/domain/credentials/resolve-registries.ts';
import type { Clock } from '../../common/ports/clock.ts';
import type { ConfigurationStore, CredentialStore } from '../../common/ports/stores.ts';
import type { Bus, Handler } from '../../queues/bus.ts';

export type RefreshTools = {
  readonly configurations: Pick<ConfigurationStore, 'read'>;
  readonly credentials: Pick<CredentialStore, 'markStale'>;
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Clock;
};

/** A Secret that sources get their key pair or docker config from was changed: these sources are due at once [N2]. */
export function refreshCredentials({
  configurations,
  credentials,
  bus,
  clock,
}: RefreshTools): Handler<'credential.refresh'> {
  return async ({ data }) => {
    const inForce = await configurations.read();
    if (inForce === undefined) return;
    const outdated = [...resolveRegistries(inForce).sources.values()].filter(
      (source) => secretBehind(source) === data.secretName,
    );
    if (outdated.length === 0) return;
    await credentials.markStale(
      outdated.map(({ id }) => id),
      clock(),
    );
    await bus.publish('credential.renew-due', [{ data: { cause: 'secret' }, urgency: 'unserved' }]);
  };
}
