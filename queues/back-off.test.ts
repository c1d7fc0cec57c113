import assert from 'node:assert/strict';
import * as fc from 'fast-check';

import { Failure } from '../common/domain/failure.ts';
import { retryDelaySeconds } from './back-off.ts';

const bounds = { firstSeconds: 0.2, maxSeconds: 60 };

describe('the wait after a failure', () => {
  it('retry: anything between the first wait and a ceiling that doubles up to the longest', () => {
    const retry = new Failure('kubernetes-unreachable', 'x');
    const ceilings = [1, 2, 3, 9, 10_000].map((attempt) => retryDelaySeconds(retry, attempt, bounds, () => 1));
    assert.deepEqual(ceilings, [0.4, 0.8, 1.6, 60, 60]);
    assert.deepEqual(
      [1, 5, 10_000].map((attempt) => retryDelaySeconds(retry, attempt, bounds, () => 0)),
      [0.2, 0.2, 0.2],
    );
  });

  it('retry: is always a finite number within the bounds', () => {
    const retry = new Failure('unexpected', 'x');
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
        const seconds = retryDelaySeconds(retry, attempt, bounds, () => random);
        assert.ok(seconds !== undefined && seconds >= 0.2 && seconds <= 60);
      }),
    );
  });

  it('retry-after: never sooner than was asked, and at most a tenth later', () => {
    const throttled = new Failure('cloud-throttled', 'x', { retryAfterSeconds: 20 });
    assert.deepEqual(
      [retryDelaySeconds(throttled, 7, bounds, () => 0), retryDelaySeconds(throttled, 7, bounds, () => 1)],
      [20, 22],
    );
  });

  it('retry-after: an hour at most, whoever asks for more', () => {
    const throttled = new Failure('cloud-throttled', 'x', { retryAfterSeconds: 1e12 });
    assert.equal(
      retryDelaySeconds(throttled, 1, bounds, () => 0),
      3600,
    );
  });

  it('read-again: twice at once, then with back-off', () => {
    const conflict = new Failure('kubernetes-conflict', 'x');
    assert.deepEqual(
      [1, 2, 3, 4].map((attempt) => retryDelaySeconds(conflict, attempt, bounds, () => 1)),
      [0, 0, 0.4, 0.8],
    );
  });

  it('retry-slowly: two to five minutes, however often', () => {
    const forbidden = new Failure('kubernetes-forbidden', 'x');
    assert.deepEqual(
      [0, 1].map((random) => retryDelaySeconds(forbidden, 9, bounds, () => random)),
      [120, 300],
    );
  });

  it('give-up: never', () => {
    assert.equal(
      retryDelaySeconds(new Failure('setting-invalid', 'x'), 1, bounds, () => 0),
      undefined,
    );
  });
});
