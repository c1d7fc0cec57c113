import assert from 'node:assert/strict';

import type { CloudCall } from './cloud-call.ts';
import { readIssuedToken } from './issued-token.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const call: CloudCall = {
  product: 'cr',
  action: 'GetAuthorizationToken',
  version: '2018-12-01',
  method: 'POST',
  path: '/',
  query: {},
  regionId: 'cn-hangzhou',
  subject: 'cri-abc',
};
const prefix = 'GetAuthorizationToken for cri-abc in cn-hangzhou: the answer has';

describe('an issued token', () => {
  const read = (expiresAt: unknown, changes: { readonly username?: unknown; readonly password?: unknown } = {}) => {
    const { username = 'cr_temp_user', password = 'token' } = changes;
    return readIssuedToken(
      call,
      {
        username: { name: 'TempUsername', value: username },
        password: { name: 'AuthorizationToken', value: password },
        expiresAt: { name: 'ExpireTime', value: expiresAt },
      },
      now,
    );
  };

  it('lives until the time that the API names, to the millisecond', () => {
    assert.equal(read(now + 1).expiresAt, now + 1);
    assert.equal(read(now + 25 * 3600 * 1000).expiresAt, now + 25 * 3600 * 1000);
    assert.equal(read(String(now + 5000)).expiresAt, now + 5000);
  });

  const unbelievable: readonly (readonly [unknown, string])[] = [
    [now, ` ExpireTime ${now} (2026-11-24T12:00:00.000Z), which is past (now 2026-11-24T12:00:00.000Z)`],
    [1_795_000_000, ' ExpireTime 1795000000 (1970-01-21T18:36:40.000Z), which is past (now 2026-11-24T12:00:00.000Z)'],
    [
      now + 25 * 3600 * 1000 + 1,
      ' ExpireTime 1795611600001 (2026-11-25T13:00:00.001Z), which is more than 25 hours ahead (now 2026-11-24T12:00:00.000Z)',
    ],
    [undefined, ' no ExpireTime'],
    [null, ' no ExpireTime'],
    ['soon', ' ExpireTime "soon", which is no time'],
    [1e300, ' ExpireTime 1e+300, which is no time'],
    [{}, ' ExpireTime {}, which is no time'],
  ];
  for (const [value, message] of unbelievable) {
    it(`is not believed with expiry ${JSON.stringify(value)}`, () => {
      assert.throws(() => read(value), { code: 'cloud-answer-invalid', message: `${prefix}${message}` });
    });
  }

  it('is refused without user or password', () => {
    assert.throws(() => read(now + 1, { username: '' }), { message: `${prefix} no TempUsername` });
    assert.throws(() => read(now + 1, { password: 7 }), { message: `${prefix} no AuthorizationToken` });
  });
});
