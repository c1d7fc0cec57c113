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

  it('say what to do about a wrong password, a missing right and a full memory', () => {
    const hints = ['WRONGPASS x', 'NOPERM x', 'OOM command not allowed'].map(
      (text) => toRedisFailure('reading', text).hint,
    );
    assert.deepEqual(
      hints.map((hint) => /password|ACL|maxmemory/.exec(hint)?.[0]),
      ['password', 'ACL', 'maxmemory'],
    );
  });
});
