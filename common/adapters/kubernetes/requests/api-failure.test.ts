import assert from 'node:assert/strict';

import type { FailureCode } from '../../../domain/failure-catalog.ts';
import { answerFailure, statusEventFailure, type ApiCall } from './api-failure.ts';

const patch: ApiCall = { verb: 'patch', resource: 'serviceaccounts', object: 'shop/default' };
const applySecret: ApiCall = { verb: 'apply', resource: 'secrets', object: 'shop/pull' };

describe('answers of the API server become failures', () => {
  const table: readonly (readonly [FailureCode, number, string, object?])[] = [
    ['kubernetes-unauthorized', 401, 'Unauthorized'],
    ['kubernetes-forbidden', 403, 'Forbidden'],
    ['kubernetes-namespace-terminating', 403, 'Forbidden', { causes: [{ reason: 'NamespaceTerminating' }] }],
    ['kubernetes-not-found', 404, 'NotFound'],
    ['kubernetes-invalid', 405, 'MethodNotAllowed'],
    ['kubernetes-error', 408, 'Timeout'],
    ['kubernetes-conflict', 409, 'Conflict'],
    ['kubernetes-conflict', 409, 'AlreadyExists'],
    ['kubernetes-conflict', 409, 'Conflict', { causes: [{ reason: 'FieldManagerConflict', field: '.type' }] }],
    ['kubernetes-expired', 410, 'Expired'],
    ['kubernetes-invalid', 413, 'RequestEntityTooLarge'],
    ['kubernetes-invalid', 415, 'UnsupportedMediaType'],
    ['kubernetes-invalid', 422, 'Invalid', { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] }],
    ['kubernetes-conflict', 422, 'Invalid', { causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid' }] }],
    ['kubernetes-throttled', 429, 'TooManyRequests'],
    ['kubernetes-disruption-budget', 429, 'TooManyRequests', { causes: [{ reason: 'DisruptionBudget' }] }],
    ['kubernetes-error', 500, 'InternalError'],
    ['kubernetes-error', 503, 'ServiceUnavailable'],
    ['kubernetes-error', 504, 'Timeout'],
  ];
  for (const [code, http, reason, details] of table) {
    it(`${http} ${reason} ${details === undefined ? '' : `${JSON.stringify(details)} `}is ${code}`, () => {
      assert.equal(answerFailure(patch, answer(http, reason, 'said', details)).code, code);
    });
  }

  it('a JSON Patch whose test did not hold is a conflict, as a real API server words it', () => {
    const said = 'the server rejected our request due to an error in our request';
    assert.equal(answerFailure(patch, answer(422, 'Invalid', said, {})).code, 'kubernetes-conflict');
  });

  it('an ERROR event of a watch is what its Status says', () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    assert.equal(statusEventFailure(patch, status).code, 'kubernetes-expired');
  });

  it('the message says what was tried, on what, and what was answered', () => {
    const failure = answerFailure(patch, answer(409, 'Conflict', 'the object has been modified'));
    assert.equal(
      failure.message,
      'cannot patch serviceaccounts shop/default: the API server answered 409 Conflict: the object has been modified',
    );
  });

  it('an answer that is not from an API server is shown in one line', () => {
    const body = '<html>\n<h1>Bad Gateway</h1>\n</html>';
    const failure = answerFailure(patch, { status: 502, retryAfter: undefined, body });
    assert.equal(failure.code, 'kubernetes-error');
    assert.match(failure.message, /502, not in the way of a Kubernetes API server: <html> <h1>Bad Gateway/);
    assert.match(failure.hint, /proxy/);
  });

  it('"not found" by something that is no API server does not make an object missing', () => {
    const failure = answerFailure(patch, { status: 404, retryAfter: undefined, body: '<h1>404 Not Found</h1>' });
    assert.equal(failure.code, 'kubernetes-error');
  });

  it('a stranger’s answer about a Secret is not shown', () => {
    const failure = answerFailure(applySecret, { status: 502, retryAfter: undefined, body: 'you sent cGFzc3dvcmQ=' });
    assert.doesNotMatch(failure.message, /cGFzc3dvcmQ/);
  });

  for (const http of [400, 422]) {
    it(`the content of a Secret that is quoted in a ${http} is not shown`, () => {
      const message =
        'patch: Invalid value: "{\\"data\\":{\\".dockerconfigjson\\":\\"cGFzc3dvcmQ=\\"}}": illegal base64';
      const causes = [{ reason: 'FieldValueInvalid', message, field: 'patch' }];
      const failure = answerFailure(applySecret, answer(http, 'Invalid', message, { causes }));
      assert.doesNotMatch(failure.message, /cGFzc3dvcmQ/);
      assert.match(failure.message, /patch \(FieldValueInvalid\)/);
    });
  }

  for (const [field, reason] of [
    ['type', 'FieldValueInvalid'],
    ['data', 'FieldValueForbidden'],
  ] as const) {
    it(`a Secret whose ${field} cannot be changed is told from one that is not valid`, () => {
      const causes = [{ reason, message: 'field is immutable', field }];
      assert.equal(answerFailure(applySecret, answer(422, 'Invalid', 'x', { causes })).code, 'kubernetes-unchangeable');
      assert.equal(answerFailure(patch, answer(422, 'Invalid', 'x', { causes })).code, 'kubernetes-invalid');
    });
  }

  it('a Secret that is too long is not valid, and making it anew would not help', () => {
    const causes = [{ reason: 'FieldValueTooLong', message: 'too long', field: 'data' }];
    assert.equal(answerFailure(applySecret, answer(422, 'Invalid', 'x', { causes })).code, 'kubernetes-invalid');
  });

  describe('Retry-After', () => {
    const wait = (http: number, retryAfter: string | undefined, details?: object) =>
      answerFailure(patch, { ...answer(http, 'Reason', 'said', details), retryAfter }).reaction;

    for (const http of [429, 500, 503]) {
      it(`of a ${http} is kept to`, () => {
        assert.deepEqual(wait(http, '3'), { kind: 'retry-after', seconds: 3 });
      });
    }

    it('may stand in the Status instead of the header', () => {
      assert.deepEqual(wait(429, undefined, { retryAfterSeconds: 2 }), { kind: 'retry-after', seconds: 2 });
    });

    it('is not believed beyond five minutes', () => {
      assert.deepEqual(wait(503, '86400'), { kind: 'retry-after', seconds: 300 });
    });

    for (const value of ['Wed, 25 Nov 2026 07:28:00 GMT', '-1', '0', 'soon']) {
      it(`"${value}" leaves the wait to our own back-off`, () => {
        assert.deepEqual(wait(503, value), { kind: 'retry' });
      });
    }

    it('of a conflict does not delay the next read', () => {
      assert.deepEqual(wait(409, '5'), { kind: 'read-again' });
    });
  });

  it('says that no user was named when the API server knows none, instead of asking for rights', () => {
    const message = 'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps"';
    const body = JSON.stringify({ kind: 'Status', code: 403, reason: 'Forbidden', message });
    const failure = answerFailure(patch, { status: 403, retryAfter: undefined, body });
    assert.match(failure.hint, /was told of no user/);
  });
});

function answer(status: number, reason: string, message: string, details?: object) {
  const body = JSON.stringify({ kind: 'Status', status: 'Failure', code: status, reason, message, details });
  return { status, retryAfter: undefined, body };
}
