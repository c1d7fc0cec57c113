import { createHash } from 'node:crypto';

import { identityInputs, type Identity } from '../../domain/credentials/identity.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SecretReader } from '../../ports/own-secrets.ts';
import { provideAccessKeySecret } from './identities/access-key-secret.ts';
import { provideAccessKey } from './identities/access-key.ts';
import { provideAssumedRole } from './identities/assumed-role.ts';
import { provideClusterRole, type TokenMode } from './identities/cluster-role.ts';
import { provideRrsa } from './identities/rrsa.ts';
import { provideWorkerRole } from './identities/worker-role.ts';
import type { MetadataService } from './metadata-service.ts';
import type { RegionalClient } from './regional-client.ts';
import type { SessionCache } from './session-cache.ts';
import type { SessionProvider } from './session.ts';

/** What the identities need of the world. */
export type IdentityParts = {
  readonly cloud: RegionalClient;
  readonly metadata: MetadataService;
  readonly secrets: SecretReader;
  readonly sessions: SessionCache;
  /** The cloud's time. */
  readonly now: Clock;
  readonly tokenMode: TokenMode;
  readonly workerRoleName?: string | undefined;
  readonly managedRoleTokenFile: string;
  readonly oidcTokenFile: string;
  /** `ALIBABA_CLOUD_ROLE_ARN` and `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`: for entries that name none; empty when not set. */
  readonly podRoleArn: string;
  readonly podOidcProviderArn: string;
  readonly registeredClusterSecret: string;
  readonly sessionName: string;
};

/**
 * TABLE OF CONTENTS: who signs, by kind of identity. Sessions that cost a call are shared through the cache; key pairs and files are
 * read anew each time, so that a change is followed at once.
 */
export function sessionProviderOf(named: Identity, parts: IdentityParts): SessionProvider {
  const identity = withPodRole(named, parts);
  const shared =
    (open: SessionProvider, key = keyOf(identity)): SessionProvider =>
    async (signal) =>
      await parts.sessions.obtain(key, open, signal);
  switch (identity.kind) {
    case 'access-key':
      return provideAccessKey(identity.accessKeyId, identity.accessKeySecret);
    case 'access-key-secret':
      return provideAccessKeySecret(parts.secrets, identity.secretName);
    case 'cluster-role':
      return provideClusterRole({
        tokenMode: parts.tokenMode,
        managedRole: { tokenFile: parts.managedRoleTokenFile, now: parts.now },
        workerRole: shared(
          provideWorkerRole({ metadata: parts.metadata, now: parts.now, roleName: parts.workerRoleName }),
          workerRoleKey,
        ),
        secrets: parts.secrets,
        registeredClusterSecret: parts.registeredClusterSecret,
      });
    case 'rrsa':
      return shared(
        provideRrsa({ ...parts, tokenFile: parts.oidcTokenFile }, identity.roleArn, identity.oidcProviderArn),
      );
    case 'assumed-role':
      return assumedRoleOf(identity, parts);
  }
}

/** An RRSA identity that names no role or provider is that of the pod: the same one, named either way, shares a session. */
function withPodRole(identity: Identity, parts: IdentityParts): Identity {
  if (identity.kind === 'assumed-role') return { ...identity, base: withPodRole(identity.base, parts) };
  if (identity.kind !== 'rrsa') return identity;
  return {
    ...identity,
    roleArn: identity.roleArn || parts.podRoleArn,
    oidcProviderArn: identity.oidcProviderArn || parts.podOidcProviderArn,
  };
}

const workerRoleKey = 'worker-role';

/** A key pair that is read anew is an input of the session too: after its rotation the old pair's session is not used any more. */
function assumedRoleOf(identity: Identity & { kind: 'assumed-role' }, parts: IdentityParts): SessionProvider {
  const base = sessionProviderOf(identity.base, parts);
  const open = (from: SessionProvider): SessionProvider =>
    provideAssumedRole(parts, identity.roleArn, identity.sessionSeconds, from);
  if (identity.base.kind !== 'access-key-secret') {
    return async (signal) => await parts.sessions.obtain(keyOf(identity), open(base), signal);
  }
  return async (signal) => {
    const pair = await base(signal);
    const key = keyOf(identity, pair.accessKeyId, pair.accessKeySecret.reveal());
    return await parts.sessions.obtain(
      key,
      open(async () => pair),
      signal,
    );
  };
}

/** A hash of every input of an identity; secrets go in, but cannot be read out of it. */
function keyOf(identity: Identity, ...more: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([identityInputs(identity), more]))
    .digest('hex');
}
