import assert from 'node:assert/strict';
import fc from 'fast-check';
import { nextAttempt } from './next-attempt.ts';

const most = (): number => 1;

describe('nextAttempt', () => {
  it('grows from one failure to the next up to a minute for what passes by itself', () => {
    const waits = [1, 2, 3, 10].map((attempts) =>
      nextAttempt({ reaction: { kind: 'retry' }, attempts, now: 0, random: most }),
    );
    assert.deepEqual(waits, [1, 2, 4, 60]);
  });

  it('grows to five minutes for what only a person can mend', () => {
    const waits = [1, 10].map((attempts) =>
      nextAttempt({ reaction: { kind: 'retry-slowly' }, attempts, now: 0, random: most }),
    );
    assert.deepEqual(waits, [15, 300]);
  });

  it('waits as long as the other side says', () => {
    assert.equal(nextAttempt({ reaction: { kind: 'retry-after', seconds: 7 }, attempts: 9, now: 0, random: most }), 7);
  });

  it('hurries when the last good credential is about to expire', () => {
    assert.equal(
      nextAttempt({ reaction: { kind: 'retry-slowly' }, attempts: 10, now: 0, expiresAt: 30_000, random: most }),
      10,
    );
  });

  it('hurries no more once it has expired, or a permission that is gone would be asked for twice a second for ever', () => {
    const waits = (['retry-slowly', 'retry'] as const).map((kind) =>
      nextAttempt({ reaction: { kind }, attempts: 10, now: 60_000, expiresAt: 30_000, random: most }),
    );
    assert.deepEqual(waits, [15, 1]);
  });

  it('always lies between half a second and ten minutes', () => {
    const kinds = fc.constantFrom('retry', 'read-again', 'retry-slowly', 'give-up');
    fc.assert(
      fc.property(
        kinds,
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        (kind, attempts, random, expiresAt) => {
          const seconds = nextAttempt({ reaction: { kind }, attempts, expiresAt, now: 0, random: () => random });
          assert.ok(seconds >= 0.5 && seconds <= 600);
        },
      ),
    );
  });
});
