import { cloudError, noPermission, serviceError } from './cloud-error.ts';
import { parameter, requiredParameter } from './cloud-request.ts';
import type { CloudAction, CloudCall } from './cloud-action.ts';
import { isAllowed, type CallerIdentity } from './identity.ts';
import { openIdTokenInfo, requireOpenIdProvider, verifyOpenIdToken, type OpenIdClaims } from './open-id-exchange.ts';
import { stsCredentials, type RoleSession } from './sessions.ts';
import { findRole, type CloudWorld, type RamRole, type Trust } from './world.ts';

/** STS `2015-04-01`. Sources: the documentation pages AssumeRole, AssumeRoleWithOIDC and GetCallerIdentity. */
export const securityTokenActions = {
  AssumeRole: { signed: true, run: assumeRole },
  AssumeRoleWithOIDC: { signed: false, run: assumeRoleWithOpenId },
  GetCallerIdentity: { signed: true, run: getCallerIdentity },
} satisfies Record<string, CloudAction>;

function assumeRole(call: CloudCall): Record<string, unknown> {
  const world = call.world.current;
  const options = readSessionOptions(call);
  if (call.identity.kind === 'root') throw noPermission('Roles may not be assumed by root accounts.');
  const role = requireRole(world, options.roleArn);
  const externalId = parameter(call.request, 'ExternalId');
  const trusted = role.trust.some((trust) => trustsCaller(trust, call.identity, externalId));
  if (!trusted || !isAllowed(call.identity, 'sts:AssumeRole')) throw noPermission();
  return openSession(call, role, options);
}

function assumeRoleWithOpenId(call: CloudCall): Record<string, unknown> {
  const world = call.world.current;
  // The token is a secret, and URLs end up in logs: it is taken from the form only.
  const token = call.request.form.find(([name]) => name === 'OIDCToken')?.[1];
  if (token === undefined || token === '') throw cloudError('MissingOIDCToken', 'OIDCToken is mandatory in the body.');
  const provider = requireOpenIdProvider(world, requiredParameter(call.request, 'OIDCProviderArn'));
  const options = readSessionOptions(call);
  const role = requireRole(world, options.roleArn);
  const claims = verifyOpenIdToken(token, provider, call.clock.now());
  if (!role.trust.some((trust) => trustsToken(trust, provider.arn, claims))) {
    throw serviceError('AuthenticationFail.NoPermission', 'This operation is forbidden by permission system.', 403);
  }
  return { ...openSession(call, role, options), OIDCTokenInfo: openIdTokenInfo(claims) };
}

function getCallerIdentity({ identity }: CloudCall): Record<string, unknown> {
  const type = { root: 'Account', 'ram-user': 'RAMUser', 'role-session': 'AssumedRoleUser', anonymous: '' };
  return {
    IdentityType: type[identity.kind],
    AccountId: identity.accountId,
    Arn: identity.arn,
    PrincipalId: identity.accessKeyId,
  };
}

type SessionOptions = {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number | undefined;
};

const defaultSessionSeconds = 3600;
const shortestSessionSeconds = 900;

function readSessionOptions({ request }: CloudCall): SessionOptions {
  const roleArn = requiredParameter(request, 'RoleArn');
  const sessionName = requiredParameter(request, 'RoleSessionName');
  if (!/^acs:ram::\d+:role\/.+$/.test(roleArn)) {
    throw cloudError('InvalidParameter.RoleArn', 'The parameter RoleArn is wrongly formed.');
  }
  if (!/^[A-Za-z0-9.@_-]{2,64}$/.test(sessionName)) {
    throw cloudError('InvalidParameter.RoleSessionName', 'The parameter RoleSessionName is wrongly formed.');
  }
  checkPolicy(parameter(request, 'Policy'));
  const seconds = parameter(request, 'DurationSeconds');
  if (seconds !== undefined && !/^\d{1,6}$/.test(seconds)) {
    throw cloudError('InvalidParameter.DurationSeconds', 'The parameter DurationSeconds is not a number of seconds.');
  }
  return { roleArn, sessionName, seconds: seconds === undefined ? undefined : Number(seconds) };
}

function checkPolicy(policy: string | undefined): void {
  if (policy === undefined) return;
  if (policy.length > 2048) throw cloudError('InvalidParameter.PolicySize', 'The size of Policy must be 1 to 2048.');
  try {
    JSON.parse(policy);
  } catch {
    throw cloudError('InvalidParameter.PolicyGrammar', 'The parameter Policy has not passed grammar check.');
  }
}

function requireRole(world: CloudWorld, arn: string): RamRole {
  const role = findRole(world, arn);
  if (role === undefined) throw serviceError('EntityNotExist.Role', `The role not exists: ${arn}.`, 404);
  return role;
}

function trustsCaller(trust: Trust, caller: CallerIdentity, externalId: string | undefined): boolean {
  switch (trust.kind) {
    case 'account':
      return trust.accountId === caller.accountId && (trust.externalId ?? externalId) === externalId;
    case 'user':
      return caller.kind === 'ram-user' && trust.arn.toLowerCase() === caller.arn.toLowerCase();
    case 'role':
      return (
        trust.arn.toLowerCase() === caller.roleArn?.toLowerCase() && (trust.externalId ?? externalId) === externalId
      );
    case 'service':
    case 'open-id':
      return false;
  }
}

function trustsToken(trust: Trust, providerArn: string, claims: OpenIdClaims): boolean {
  return (
    trust.kind === 'open-id' &&
    trust.providerArn === providerArn &&
    trust.issuer === claims.issuer &&
    trust.subject === claims.subject &&
    claims.audiences.includes(trust.audience)
  );
}

function openSession(call: CloudCall, role: RamRole, options: SessionOptions): Record<string, unknown> {
  const seconds = options.seconds ?? Math.min(defaultSessionSeconds, role.maxSessionSeconds);
  if (seconds < shortestSessionSeconds || seconds > role.maxSessionSeconds) {
    throw cloudError(
      'InvalidParameter.DurationSeconds',
      `The Min/Max value of DurationSeconds is ${shortestSessionSeconds}/${role.maxSessionSeconds}.`,
    );
  }
  const session: RoleSession = call.sessions.open(role, options.sessionName, seconds);
  return {
    AssumedRoleUser: { Arn: session.assumedRoleArn, AssumedRoleId: session.assumedRoleId },
    Credentials: stsCredentials(session),
  };
}
