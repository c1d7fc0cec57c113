import { createBoundedMap } from './bounded-map.ts';
import type { SimulatorClock } from './clock.ts';
import { cloudError } from './cloud-error.ts';
import type { CloudRequest } from './cloud-request.ts';
import { anonymous, type CallerIdentity } from './identity.ts';
import type { RoleSession, RoleSessions } from './sessions.ts';
import { isSignedWith, type SignatureClaim } from './signature-claim.ts';
import { readSignatureRoa } from './signature-roa.ts';
import { readSignatureRpc } from './signature-rpc.ts';
import { readSignatureV3 } from './signature-v3.ts';
import { findRole, type AccessKey, type CloudWorld, type WorldHolder } from './world.ts';

/** Checks who signed a request. */
export type Authenticator = {
  /**
   * The caller, or `anonymous` for an unsigned request. Throws `CloudError`: `IncompleteSignature`, `InvalidAccessKeyId.*`,
   * `InvalidTimeStamp.*`, `MissingSecurityToken`, `InvalidSecurityToken.*`, `SignatureDoesNotMatch`, `SignatureNonceUsed`.
   */
  authenticate(request: CloudRequest): CallerIdentity;
};

export type AuthenticatorParts = {
  readonly world: WorldHolder;
  readonly clock: SimulatorClock;
  readonly sessions: RoleSessions;
  /** How far a request's date may be off. Source: 15 minutes, documented for every signature version. */
  readonly maximumSkewSeconds: number;
};

/** The claim of a request in whichever way it is signed; `undefined` when it is not. Throws `CloudError` when incomplete. */
export function readSignatureClaim(request: CloudRequest): SignatureClaim | undefined {
  return readSignatureV3(request) ?? readSignatureRoa(request) ?? readSignatureRpc(request);
}

/** Remembers nonces; the oldest is forgotten beyond 100,000. */
export function createAuthenticator(parts: AuthenticatorParts): Authenticator {
  const usedNonces = createBoundedMap<true>(100_000);
  return {
    authenticate: (request) => {
      const claim = readSignatureClaim(request);
      if (claim === undefined) return anonymous;
      checkDate(claim, parts);
      const { identity, secret } = findSigner(claim, parts);
      if (!isSignedWith(claim, secret)) {
        throw cloudError(
          'SignatureDoesNotMatch',
          `Specified signature is not matched with our calculation. server string to sign is:${claim.stringToSign}`,
        );
      }
      // Only after the signature: a stranger must not be able to use up somebody's nonce.
      const nonce = `${claim.accessKeyId} ${claim.nonce}`;
      if (usedNonces.has(nonce)) {
        throw cloudError('SignatureNonceUsed', 'Specified signature nonce was used already.');
      }
      usedNonces.set(nonce, true);
      return identity;
    },
  };
}

type Signer = { readonly identity: CallerIdentity; readonly secret: string };

function checkDate(claim: SignatureClaim, { clock, maximumSkewSeconds }: AuthenticatorParts): void {
  if (Number.isNaN(claim.signedAt)) {
    throw cloudError('InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
  }
  if (Math.abs(clock.now() - claim.signedAt) > maximumSkewSeconds * 1000) {
    throw cloudError('InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  }
}

function findSigner(claim: SignatureClaim, { world, clock, sessions }: AuthenticatorParts): Signer {
  if (claim.accessKeyId.startsWith('STS.')) {
    return findSession(claim, sessions.find(claim.accessKeyId), world.current, clock.now());
  }
  const signer = findLongLivedKey(claim.accessKeyId, world.current);
  if (claim.securityToken !== undefined) throw mismatch();
  return signer;
}

function findSession(claim: SignatureClaim, session: RoleSession | undefined, world: CloudWorld, now: number): Signer {
  if (claim.securityToken === undefined || claim.securityToken === '') {
    throw cloudError('MissingSecurityToken', 'SecurityToken is mandatory for this action.');
  }
  const role = session === undefined ? undefined : findRole(world, session.roleArn);
  if (session === undefined || role === undefined) throw keyNotFound();
  if (session.securityToken !== claim.securityToken) throw mismatch();
  if (session.expiresAt <= now) {
    throw cloudError('InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
  }
  return {
    secret: session.accessKeySecret,
    identity: {
      kind: 'role-session',
      accountId: session.accountId,
      arn: session.assumedRoleArn,
      accessKeyId: session.accessKeyId,
      allowedActions: role.allowedActions,
      roleArn: role.arn,
      sessionExpiresAt: session.expiresAt,
    },
  };
}

function findLongLivedKey(accessKeyId: string, world: CloudWorld): Signer {
  const holds = (key: AccessKey): boolean => key.id === accessKeyId;
  const account = world.accounts.find((candidate) => candidate.accessKeys.some(holds));
  const user = world.users.find((candidate) => candidate.accessKeys.some(holds));
  const key = (user ?? account)?.accessKeys.find(holds);
  if (key === undefined) throw keyNotFound();
  if (!key.active) throw cloudError('InvalidAccessKeyId.Inactive', 'Specified access key is disabled.');
  if (user !== undefined) {
    const arn = `acs:ram::${user.accountId}:user/${user.name}`;
    const { accountId, allowedActions } = user;
    return { secret: key.secret, identity: { kind: 'ram-user', accountId, arn, accessKeyId, allowedActions } };
  }
  const accountId = account?.id ?? '';
  return {
    secret: key.secret,
    identity: { kind: 'root', accountId, arn: `acs:ram::${accountId}:root`, accessKeyId, allowedActions: ['*'] },
  };
}

function keyNotFound(): Error {
  return cloudError('InvalidAccessKeyId.NotFound', 'Specified access key is not found.', { status: 404 });
}

function mismatch(): Error {
  return cloudError(
    'InvalidSecurityToken.MismatchWithAccessKey',
    'Specified SecurityToken mismatch with the AccessKey.',
  );
}
