import assert from 'node:assert/strict';
import { credential, now, record } from '../../../tests/fixtures/values.ts';
import { isUnanswered, pendingUntil } from './pending.ts';

const failure = { code: 'cloud-error', message: '', hint: '', at: now, attempts: 1, nextAttemptAt: now } as const;

describe('pendingUntil', () => {
  it('waits two seconds for a source that was asked for and has not answered', () => {
    assert.equal(pendingUntil({ sourceId: 'a', requestedAt: now }, now + 500), now + 2000);
  });

  it('waits no longer than that', () => {
    assert.equal(pendingUntil({ sourceId: 'a', requestedAt: now }, now + 2000), undefined);
  });

  it('does not wait for a source that has answered', () => {
    assert.equal(pendingUntil(record({ credential: credential({ issuedAt: now + 100 }) }), now + 200), undefined);
  });

  it('waits for a renewal although the old credential is there', () => {
    assert.equal(pendingUntil(record({ requestedAt: now + 9000 }), now + 9000), now + 11_000);
  });

  it('does not wait for a source that failed the last time', () => {
    const failed = record({ credential: undefined, requestedAt: now + 100, failure });
    assert.equal(pendingUntil(failed, now + 200), undefined);
  });

  it('does not wait for a request of a clock that was five minutes fast', () => {
    assert.equal(pendingUntil({ sourceId: 'a', requestedAt: now + 300_000 }, now), undefined);
  });

  it('knows a request of a process whose clock is a little ahead', () => {
    assert.equal(pendingUntil({ sourceId: 'a', requestedAt: now + 50 }, now), now + 2050);
  });
});

describe('isUnanswered', () => {
  it('counts a failure as an answer', () => {
    assert.equal(isUnanswered(record({ credential: undefined, requestedAt: now - 1, failure })), false);
  });

  it('is not true of a credential that nobody asked for', () => {
    assert.equal(isUnanswered(record({ requestedAt: 0 })), false);
  });
});
