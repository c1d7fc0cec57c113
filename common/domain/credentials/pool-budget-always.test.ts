import assert from 'node:assert/strict';

import fc from 'fast-check';

import { openMaxSeconds, probeMaxSeconds } from './circuit-breaker.ts';
import { fetchBurst, fetchesPerSecond, retryAfterMaxSeconds, turnMaxSeconds, type PoolOutcome } from './pool-budget.ts';
import { Pool } from './testing/pool.ts';

describe('pool budget: whatever happens', () => {
  const asked = fc.oneof(fc.integer({ min: -1, max: 10 }), fc.integer({ min: 0, max: 1000 }), fc.double());
  const outcome: fc.Arbitrary<PoolOutcome> = fc.oneof(
    fc.constant('succeeded' as const),
    fc.constant({ kind: 'failed' } as const),
    fc.record({
      kind: fc.constant('throttled' as const),
      retryAfterSeconds: fc.option(asked, { nil: undefined }),
    }),
  );
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: 'take' } as const) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const), outcome }) },
    {
      weight: 2,
      arbitrary: passing(0, 40),
    },
  );
  const random = fc.infiniteStream(fc.integer({ min: 0, max: 999 }).map((thousandths) => thousandths / 1000));

  it('never admits more than a burst and what the time earns, in any stretch of time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), random, (steps, numbers) => {
        const pool = new Pool(() => numbers.next().value);
        const admittedAt: number[] = [];
        for (const action of steps) {
          if (action.kind === 'pass') pool.pass(action.seconds / 40);
          else if (action.kind === 'settle') pool.settle(action.outcome);
          else if (pool.take().admitted) admittedAt.push(pool.now);
        }
        for (const [first, from] of admittedAt.entries()) {
          for (const [more, to] of admittedAt.slice(first).entries()) {
            const earned = ((to - from) / 1000) * fetchesPerSecond;
            assert.ok(more + 1 <= fetchBurst + earned + 0.001);
          }
        }
      }),
    );
  });

  it('has one probe at a time: between two there is an outcome, or the first was given up', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), random, (steps, numbers) => {
        const pool = new Pool(() => numbers.next().value);
        pool.open();
        let probeSince: number | undefined;
        for (const action of steps) {
          if (action.kind === 'pass') pool.pass(action.seconds);
          else if (action.kind === 'settle') {
            pool.settle(action.outcome);
            probeSince = undefined;
          } else {
            const wasClosed = pool.state.breaker.kind === 'closed';
            if (!pool.take().admitted || wasClosed) continue;
            assert.ok(probeSince === undefined || pool.now - probeSince >= probeMaxSeconds * 1000);
            probeSince = pool.now;
          }
        }
      }),
    );
  });

  it('admits a pool that is well again within minutes, to whoever comes back when told, even if the clock was turned', () => {
    const turned = passing(-1e6, 1e6);
    fc.assert(
      fc.property(fc.array(fc.oneof(step, turned), { maxLength: 200, size: 'max' }), random, (steps, numbers) => {
        const pool = new Pool(() => numbers.next().value);
        for (const action of steps) {
          if (action.kind === 'pass') pool.pass(action.seconds);
          else if (action.kind === 'settle') pool.settle(action.outcome);
          else pool.take();
        }
        const wellSince = pool.now;
        let asked = 0;
        for (;;) {
          const answer = pool.take();
          if (answer.admitted) break;
          assert.ok(++asked < 100, 'it was told to wait a hundred times');
          assert.ok(answer.retryInSeconds > 0 && answer.retryInSeconds <= retryAfterMaxSeconds + 2 * turnMaxSeconds);
          pool.pass(answer.retryInSeconds);
        }
        const boundSeconds = retryAfterMaxSeconds + openMaxSeconds + probeMaxSeconds + 3 * turnMaxSeconds;
        assert.ok(pool.now - wellSince <= boundSeconds * 1000);
        pool.settle('succeeded');
        assert.equal(pool.state.breaker.kind, 'closed');
      }),
    );
  });

  it('survives being kept as JSON', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50, size: 'max' }), random, (steps, numbers) => {
        const pool = new Pool(() => numbers.next().value);
        for (const action of steps) {
          if (action.kind === 'pass') pool.pass(action.seconds);
          else if (action.kind === 'settle') pool.settle(action.outcome);
          else pool.take();
          assert.deepEqual(JSON.parse(JSON.stringify(pool.state)), pool.state);
        }
      }),
    );
  });
});

/** From integers: of all the doubles in a range, most are next to nothing. */
function passing(min: number, max: number) {
  return fc
    .integer({ min: min * 1000, max: max * 1000 })
    .map((milliseconds) => ({ kind: 'pass', seconds: milliseconds / 1000 }) as const);
}
