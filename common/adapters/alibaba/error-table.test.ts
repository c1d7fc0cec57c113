import assert from 'node:assert/strict';

import { failureCatalog, type FailureCode } from '../../domain/failure-catalog.ts';
import { classifyCloudError, errorTable, type CloudErrorAnswer } from './error-table.ts';

describe('what an error answer means', () => {
  const meanings: readonly (readonly [Partial<CloudErrorAnswer>, FailureCode])[] = [
    [{ code: 'Throttling' }, 'cloud-throttled'],
    [{ code: 'Throttling.User' }, 'cloud-throttled'],
    [{ code: 'Rejected.Throttling' }, 'cloud-throttled'],
    [{ code: '', status: 429 }, 'cloud-throttled'],
    [{ code: 'ServiceUnavailable', status: 503 }, 'cloud-error'],
    [{ code: 'InternalError', status: 500 }, 'cloud-error'],
    [{ code: '', status: 502 }, 'cloud-error'],
    [{ code: 'SignatureNonceUsed' }, 'cloud-error'],
    [{ code: 'InvalidAccessKeyId.NotFound' }, 'cloud-access-key-invalid'],
    [{ code: 'InvalidAccessKeyId.Inactive' }, 'cloud-access-key-invalid'],
    [{ code: 'InvalidAccessKeyId.NotFound', temporary: true }, 'cloud-session-invalid'],
    [{ code: 'InvalidSecurityToken.Expired', temporary: true }, 'cloud-session-invalid'],
    [{ code: 'InvalidSecurityToken.MismatchWithAccessKey', temporary: true }, 'cloud-session-invalid'],
    [{ code: 'MissingSecurityToken' }, 'cloud-session-invalid'],
    [{ code: 'SignatureDoesNotMatch' }, 'cloud-signature-refused'],
    [{ code: 'IncompleteSignature' }, 'cloud-signature-refused'],
    [{ code: 'InvalidTimeStamp.Expired' }, 'cloud-clock-skewed'],
    [{ code: 'NoPermission', status: 403 }, 'cloud-access-denied'],
    [{ code: 'Forbidden.RAM', status: 403 }, 'cloud-access-denied'],
    [{ code: 'INSTANCE_NOT_EXIST', status: 404 }, 'instance-not-found'],
    [{ code: 'INSTANCE_STATUS_NOT_SUPPORT' }, 'instance-unavailable'],
    [{ code: 'USER_NOT_EXIST', status: 404 }, 'personal-edition-user-missing'],
    [{ code: 'NoPermission', action: 'AssumeRole' }, 'assume-role-denied'],
    [{ code: 'EntityNotExist.Role', action: 'AssumeRole' }, 'assume-role-denied'],
    [{ code: 'InvalidParameter.DurationSeconds', action: 'AssumeRole' }, 'assume-role-denied'],
    [{ code: 'Throttling.User', action: 'AssumeRole' }, 'cloud-throttled'],
    [{ code: 'AuthenticationFail.NoPermission', action: 'AssumeRoleWithOIDC' }, 'oidc-exchange-denied'],
    [{ code: 'AuthenticationFail.OIDCToken.Expired', action: 'AssumeRoleWithOIDC' }, 'oidc-exchange-denied'],
    [{ code: 'AuthenticationFail.OIDCToken.IssuerNotMatch', action: 'AssumeRoleWithOIDC' }, 'oidc-exchange-denied'],
    [{ code: 'AuthenticationFail.OIDCToken.Invalid', action: 'AssumeRoleWithOIDC' }, 'oidc-exchange-denied'],
    [{ code: 'EntityNotExist.Role', action: 'AssumeRoleWithOIDC' }, 'oidc-exchange-denied'],
    [{ code: 'NeverHeardOf' }, 'cloud-request-refused'],
    [{ code: 'NeverHeardOf', status: 500 }, 'cloud-error'],
    [{ code: 'NeverHeardOf', status: 200 }, 'cloud-request-refused'],
  ];
  for (const [answer, failure] of meanings) {
    const complete = { action: 'GetAuthorizationToken', status: 400, code: '', temporary: false, ...answer };
    it(`${complete.action} HTTP ${complete.status} ${complete.code}${complete.temporary ? ', in a session' : ''}: ${failure}`, () => {
      assert.equal(classifyCloudError(complete).failure, failure);
    });
  }

  it('a denied call names the RAM action that is missing', () => {
    const { hint } = classifyCloudError({
      action: 'ListInstanceEndpoint',
      status: 403,
      code: 'NoPermission',
      temporary: false,
    });

    assert.match(hint ?? '', /RAM action cr:ListInstanceEndpoint/);
  });

  it('every row leads to a failure of the catalog, and no row is hidden by one before it', () => {
    for (const [index, row] of errorTable.entries()) {
      assert.ok(row.failure in failureCatalog);
      const answer = {
        action: row.action ?? 'GetAuthorizationToken',
        status: 400,
        code: (row.codes[0] ?? '').replace('*', ''),
        temporary: row.temporary ?? false,
      };
      const first = errorTable.findIndex(
        (candidate) =>
          (candidate.action ?? answer.action) === answer.action &&
          (candidate.temporary ?? answer.temporary) === answer.temporary &&
          candidate.codes.some(
            (code) => answer.code.startsWith(code.replace('*', '')) && (code.endsWith('*') || code === answer.code),
          ),
      );
      assert.equal(first, index, `row ${index} (${row.codes.join()}) is hidden by row ${first}`);
    }
  });
});
