import type { FailureCode } from '../../domain/failure-catalog.ts';

/** An error answer of Alibaba Cloud, as far as it decides what the program does. */
export type CloudErrorAnswer = {
  readonly action: string;
  readonly status: number;
  /** The answer's `Code`; empty when it has none. */
  readonly code: string;
  /** Whether the call was signed with a temporary session. */
  readonly temporary: boolean;
};

export type ErrorMeaning = {
  readonly failure: FailureCode;
  /** Better than the catalog's: `{action}` stands for the action. */
  readonly hint?: string;
};

type ErrorRow = ErrorMeaning & {
  /** Codes; a final `*` stands for any ending. */
  readonly codes: readonly string[];
  /** Only for calls of this action. */
  readonly action?: 'AssumeRole' | 'AssumeRoleWithOIDC';
  /** Only for calls signed with a temporary session. */
  readonly temporary?: true;
};

/**
 * What the codes of Alibaba Cloud mean to us; the first row that fits counts. Sources: error lists of the cr 2018-12-01,
 * cr 2016-06-07 and STS 2015-04-01 APIs, the common error codes of the API gateway, RRSA documentation.
 */
export const errorTable: readonly ErrorRow[] = [
  { codes: ['Throttling*', 'Rejected.Throttling*'], failure: 'cloud-throttled' },

  // Who we are
  { codes: ['InvalidTimeStamp*', 'IllegalTimestamp*', 'InvalidDate*'], failure: 'cloud-clock-skewed' },
  { codes: ['InvalidSecurityToken*', 'MissingSecurityToken', 'SecurityToken*'], failure: 'cloud-session-invalid' },
  { codes: ['InvalidAccessKeyId*'], temporary: true, failure: 'cloud-session-invalid' },
  { codes: ['InvalidAccessKeyId*'], failure: 'cloud-access-key-invalid' },
  {
    codes: ['SignatureDoesNotMatch', 'IncompleteSignature*', 'InvalidAccessKeySecret*'],
    failure: 'cloud-signature-refused',
  },
  { codes: ['SignatureNonceUsed*'], failure: 'cloud-error' },

  // Roles
  {
    codes: ['AuthenticationFail.OIDCToken.Expired'],
    failure: 'oidc-exchange-denied',
    hint: 'the OIDC token in the token file has expired: check that the kubelet still renews the projected volume',
  },
  {
    codes: ['AuthenticationFail.OIDCToken.AudienceNotMatch'],
    failure: 'oidc-exchange-denied',
    hint: 'add the token’s audience (sts.aliyuncs.com) to the client ids of the OIDC provider',
  },
  {
    codes: ['AuthenticationFail.OIDCToken.Issuer*', 'AuthenticationFail.OIDCToken.PublicKey*'],
    failure: 'oidc-exchange-denied',
    hint: 'rrsaOIDCProviderRoleARN must name the OIDC provider of this very cluster: compare issuer and fingerprint in RAM',
  },
  { codes: ['AuthenticationFail.OIDCToken.*'], failure: 'oidc-exchange-denied' },
  {
    codes: ['AuthenticationFail.NoPermission', 'NoPermission*', 'Forbidden*', 'AccessDenied*'],
    action: 'AssumeRoleWithOIDC',
    failure: 'oidc-exchange-denied',
    hint: 'the RRSA role does not trust this ServiceAccount: check issuer, audience and subject in its trust policy',
  },
  {
    codes: ['EntityNotExist*', 'InvalidParameter*', 'AuthenticationFail*'],
    action: 'AssumeRoleWithOIDC',
    failure: 'oidc-exchange-denied',
  },
  {
    codes: ['EntityNotExist*'],
    action: 'AssumeRole',
    failure: 'assume-role-denied',
    hint: 'there is no such role: check assumeRoleARN',
  },
  {
    codes: ['InvalidParameter.DurationSeconds*'],
    action: 'AssumeRole',
    failure: 'assume-role-denied',
    hint: 'expireDuration is longer than the role’s maximum session: lower it, or raise the maximum in RAM',
  },
  {
    codes: ['NoPermission*', 'Forbidden*', 'AccessDenied*', 'InvalidParameter*'],
    action: 'AssumeRole',
    failure: 'assume-role-denied',
  },

  // The registry
  { codes: ['INSTANCE_NOT_EXIST'], failure: 'instance-not-found' },
  { codes: ['INSTANCE_STATUS_NOT_SUPPORT'], failure: 'instance-unavailable' },
  { codes: ['USER_NOT_EXIST'], failure: 'personal-edition-user-missing' },
  {
    codes: ['NoPermission*', 'Forbidden*', 'AccessDenied*', 'UnauthorizedOperation*'],
    failure: 'cloud-access-denied',
    hint: 'grant the identity the RAM action cr:{action} (all that is needed: cr:GetAuthorizationToken, cr:ListInstanceEndpoint, cr:PullRepository)',
  },

  { codes: ['ServiceUnavailable*', 'InternalError*', 'UnknownError*'], failure: 'cloud-error' },
];

/** What an error answer means: by its code, and by its HTTP status when the code says nothing to us. */
export function classifyCloudError(answer: CloudErrorAnswer): ErrorMeaning {
  const row = errorTable.find(
    (candidate) =>
      (candidate.action === undefined || candidate.action === answer.action) &&
      (candidate.temporary === undefined || candidate.temporary === answer.temporary) &&
      candidate.codes.some((code) => covers(code, answer.code)),
  );
  if (row === undefined) return { failure: failureOfStatus(answer.status) };
  if (row.hint === undefined) return { failure: row.failure };
  return { failure: row.failure, hint: row.hint.replaceAll('{action}', answer.action) };
}

function covers(pattern: string, code: string): boolean {
  return pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : code === pattern;
}

function failureOfStatus(status: number): FailureCode {
  if (status === 429) return 'cloud-throttled';
  if (status >= 500) return 'cloud-error';
  return 'cloud-request-refused';
}
