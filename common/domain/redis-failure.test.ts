import assert from 'node:assert/strict';

import { describeRedisError, toRedisFailure } from './redis-failure.ts';

describe('failures of Redis', () => {
  it('do not show the arguments that a server echoes', () => {
    const echo = 'ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `me`, `hush`';
    assert.equal(describeRedisError(new Error(echo)), 'ERR unknown command `HELLO`');
  });

  it('do not carry the error of the client, which knows the command and its arguments', () => {
    const error = Object.assign(new Error('WRONGPASS invalid'), { command: { name: 'auth', args: ['me', 'hush'] } });
    assert.equal(toRedisFailure('reading', error).cause, undefined);
  });

  it('name every address that refused', () => {
    const error = new AggregateError(
      [new Error('connect ECONNREFUSED ::1:1'), new Error('connect ECONNREFUSED 127.0.0.1:1')],
      '',
    );
    assert.equal(describeRedisError(error), 'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1');
  });

  const remedies: readonly (readonly [string, RegExp])[] = [
    ['WRONGPASS invalid username-password pair or user is disabled.', /password/],
    ['NOAUTH HELLO must be called with the client already authenticated', /password/],
    ['NOPERM this user has no permissions', /ACL/],
    ["OOM command not allowed when used memory > 'maxmemory'.", /maxmemory/],
    ["READONLY You can't write against a read only replica.", /primary/],
    ["All sentinels are unreachable. Last error: ERR unknown command 'sentinel'", /not one of its Sentinels/],
    ['ERR This instance has cluster support disabled', /not a Cluster/],
    ['Failed to refresh slots cache.', /redis:\/\/host/],
    ['read ECONNRESET', /rediss:/],
    ['MOVED 5061 127.0.0.1:7001', /redis-cluster:/],
    ['ERR DB index is out of range', /database/],
    ['ERR unknown command `auth`', /what listens/],
    ['self-signed certificate in certificate chain', /NODE_EXTRA_CA_CERTS/],
  ];

  for (const [problem, remedy] of remedies) {
    it(`say what to do about "${problem}"`, () => {
      assert.match(toRedisFailure('reading', new Error(problem)).hint, remedy);
    });
  }

  it('say of what is no Redis that it is none, and not that ioredis is at fault', () => {
    const error = new Error('Unknown RESP type 72 "H". Please report this.');
    assert.equal(describeRedisError(error), 'what answers there is not a Redis');
  });
});
