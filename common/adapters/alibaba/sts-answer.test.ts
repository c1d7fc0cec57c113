import assert from 'node:assert/strict';

import type { CloudCall } from './cloud-call.ts';
import { readStsSession } from './sts-answer.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const call: CloudCall = {
  product: 'sts',
  action: 'AssumeRole',
  version: '2015-04-01',
  method: 'POST',
  path: '/',
  query: {},
  subject: 'role acs:ram::1:role/r',
};
const credentials = {
  AccessKeyId: 'STS.a',
  AccessKeySecret: 'secret',
  SecurityToken: 'token',
  Expiration: '2026-11-24T13:00:00Z',
};

describe('a session that STS gives', () => {
  it('is taken over with its end', () => {
    const session = readStsSession(call, { Credentials: credentials }, now);

    assert.equal(session.accessKeyId, 'STS.a');
    assert.equal(session.expiresAt, now + 3_600_000);
  });

  const problems: readonly (readonly [string, unknown, string])[] = [
    ['no Credentials', undefined, 'no Credentials'],
    ['no secret', { ...credentials, AccessKeySecret: '' }, 'no Credentials.AccessKeySecret'],
    ['no token', { ...credentials, SecurityToken: undefined }, 'no Credentials.SecurityToken'],
    [
      'an end that is past',
      { ...credentials, Expiration: '2026-11-24T12:00:00Z' },
      'Credentials.Expiration 2026-11-24T12:00:00Z, which is not a time within the next 13 hours',
    ],
    [
      'an end in ten years',
      { ...credentials, Expiration: '2036-11-24T12:00:00Z' },
      'Credentials.Expiration 2036-11-24T12:00:00Z, which is not a time within the next 13 hours',
    ],
    [
      'an end that is no time',
      { ...credentials, Expiration: 'a secret?' },
      'Credentials.Expiration unreadable, which is not a time within the next 13 hours',
    ],
  ];
  for (const [name, value, problem] of problems) {
    it(`with ${name} is refused`, () => {
      assert.throws(() => readStsSession(call, { Credentials: value }, now), {
        code: 'cloud-answer-invalid',
        message: `AssumeRole for role acs:ram::1:role/r: the answer has ${problem}`,
      });
    });
  }
});
