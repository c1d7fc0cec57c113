import { serviceError } from './cloud-error.ts';
import type { CloudAction, CloudCall } from './cloud-action.ts';
import { requirePermission, type CallerIdentity } from './identity.ts';
import { temporaryUserName } from './tokens.ts';
import type { PersonalEdition } from './world.ts';

/** ACR Personal Edition, `cr` `2016-06-07`: `GET /tokens`. Source: help page doc-detail/72334. */
export const getPersonalToken = { signed: true, run: issueToken } satisfies CloudAction;

/** The hosts of Personal Edition in a region, besides those that the world adds. */
export function personalEditionDomains(regionId: string): readonly string[] {
  const prefixes = ['registry', 'registry-vpc', 'registry-internal', 'registry-intl', 'registry-intl-vpc'];
  return prefixes.map((prefix) => `${prefix}.${regionId}.aliyuncs.com`);
}

function issueToken(call: CloudCall): Record<string, unknown> {
  const { accountId } = call.identity;
  const edition = call.world.current.personalEditions.find(
    (candidate) => candidate.accountId === accountId && candidate.regionId === call.region,
  );
  if (edition === undefined || !isRegistered(edition, call.identity)) {
    throw serviceError('USER_NOT_EXIST', 'user is not exist.', 404);
  }
  requirePermission(call.identity, 'cr:GetAuthorizationToken');
  const subject = { kind: 'personal-edition', accountId, regionId: call.region } as const;
  const token = call.tokens.issue(subject, call.identity, call.world.current.registryTokenSeconds);
  return {
    data: {
      authorizationToken: token.password,
      tempUserName: temporaryUserName,
      expireDate: token.expiresAt,
    },
  };
}

function isRegistered(edition: PersonalEdition, caller: CallerIdentity): boolean {
  const arn = (caller.roleArn ?? caller.arn).toLowerCase();
  return caller.kind === 'root' || edition.registered.some((entry) => entry === '*' || entry.toLowerCase() === arn);
}
