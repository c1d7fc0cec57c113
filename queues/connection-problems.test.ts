import assert from 'node:assert/strict';

import { isConnectionProblem } from './connection-problems.ts';

describe('errors that only say that a connection is gone', () => {
  const gone = [
    new Error('connect ECONNREFUSED 127.0.0.1:6379'),
    Object.assign(new Error(''), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('getaddrinfo ENOTFOUND redis'), { code: 'ENOTFOUND' }),
    new Error('Connection is closed.'),
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    new Error(
      'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
    ),
    new Error("Socket timeout. Expecting data, but didn't receive any in 5000ms."),
    new Error('LOADING Redis is loading the dataset in memory'),
    new Error('Missing key for job 5dd0201a-87fe-1. moveToFinished'),
  ];
  for (const error of gone)
    it(`are told apart: ${error.message || 'a code alone'}`, () => assert.ok(isConnectionProblem(error)));

  const others = [
    'could not renew lock for job 7',
    'Missing lock for job 7. moveToFinished',
    'NOPERM this user has no permissions',
  ];
  for (const message of others)
    it(`and others are not taken for them: ${message}`, () =>
      assert.equal(isConnectionProblem(new Error(message)), false));
});
