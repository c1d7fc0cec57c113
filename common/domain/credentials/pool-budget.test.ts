import assert from 'node:assert/strict';

import {
  failuresToOpen,
  openFirstSeconds,
  openMaxSeconds,
  probeMaxSeconds,
  type CircuitBreaker,
} from './circuit-breaker.ts';
import {
  fetchBurst,
  fetchesPerSecond,
  retryAfterMaxSeconds,
  retryAfterMinSeconds,
  throttleMaxSeconds,
  turnMaxSeconds,
  type PoolAnswer,
} from './pool-budget.ts';
import { Pool, start } from './testing/pool.ts';

const failed = { kind: 'failed' } as const;
const throttled = { kind: 'throttled' } as const;

function secondsOf(answer: PoolAnswer): number {
  assert.ok(!answer.admitted);
  return answer.retryInSeconds;
}

function roughly(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 0.01, `${actual} is not ${expected}`);
}

describe('pool budget: the token bucket', () => {
  it('admits a burst, and then as many as it earns', () => {
    const pool = new Pool();
    assert.equal(pool.admits(), fetchBurst);
    pool.pass(0.5);
    assert.equal(pool.admits(), fetchesPerSecond / 2);
  });

  it('earns no more than a burst, however long it was quiet', () => {
    const pool = new Pool();
    pool.admits();
    pool.pass(1_000_000);
    assert.equal(pool.admits(), fetchBurst);
  });

  it('names each of those who wait another moment, at its own rate', () => {
    const pool = new Pool();
    pool.admits(fetchBurst);
    for (const seconds of [0.1, 0.2, 0.3]) roughly(secondsOf(pool.take()), seconds);
  });

  it('admits everybody at the moment that was named', () => {
    const pool = new Pool();
    pool.admits(fetchBurst);
    const waits = Array.from({ length: 100 }, () => secondsOf(pool.take()));
    const moments = waits.map((seconds) => pool.now + seconds * 1000);
    for (const moment of moments) {
      pool.now = moment;
      assert.deepEqual(pool.take(), { admitted: true });
    }
  });
});

describe('pool budget: the pause that the cloud asks for', () => {
  it('admits nothing before its end, and begins with one fetch then', () => {
    const pool = new Pool();
    pool.settle({ kind: 'throttled', retryAfterSeconds: 7 });
    roughly(secondsOf(pool.take()), 7);
    pool.pass(6.99);
    assert.equal(pool.admits(), 0);
    pool.pass(0.01);
    assert.equal(pool.admits(), 1);
  });

  for (const [asked, believed] of [
    [-1, retryAfterMinSeconds],
    [0, retryAfterMinSeconds],
    [1e9, retryAfterMaxSeconds],
  ] as const) {
    it(`believes ${believed} s when the cloud says ${asked} s`, () => {
      const pool = new Pool();
      pool.settle({ kind: 'throttled', retryAfterSeconds: asked });
      roughly(secondsOf(pool.take()), believed);
    });
  }

  it('grows from one to the next up to a minute when the cloud does not say how long', () => {
    const pool = new Pool(() => 1);
    const pauses = Array.from({ length: 8 }, () => {
      pool.settle(throttled);
      const seconds = (pool.state.blockedUntil - pool.now) / 1000;
      pool.pass(seconds);
      return seconds;
    });
    assert.deepEqual(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
    assert.equal(throttleMaxSeconds, 60);
  });

  it('does not grow by several calls that were turned away at the same time', () => {
    const pool = new Pool(() => 1);
    for (let count = 0; count < 4; count++) pool.settle(throttled);
    assert.equal(pool.state.blockedUntil, start + 2000);
  });

  it('is short again after a success, but not by one that was under way when it began', () => {
    const pool = new Pool(() => 1);
    pool.settle(throttled);
    pool.settle('succeeded');
    assert.equal(pool.admits(), 0);
    pool.pass(2);
    pool.settle(throttled);
    assert.equal(pool.state.blockedUntil - pool.now, 4000);
    pool.pass(4);
    pool.settle('succeeded');
    pool.settle(throttled);
    assert.equal(pool.state.blockedUntil - pool.now, 2000);
  });

  it('is not made shorter by another call that was told less', () => {
    const pool = new Pool();
    pool.settle({ kind: 'throttled', retryAfterSeconds: 20 });
    pool.settle({ kind: 'throttled', retryAfterSeconds: 1 });
    roughly(secondsOf(pool.take()), 20);
  });
});

describe('pool budget: the circuit breaker', () => {
  it('opens at the fifth failure in a row, not before', () => {
    const pool = new Pool();
    for (let count = 1; count < failuresToOpen; count++) pool.settle(failed);
    assert.ok(pool.take().admitted);
    pool.settle(failed);
    assert.ok(!pool.take().admitted);
  });

  for (const outcome of ['succeeded', { kind: 'throttled', retryAfterSeconds: 0.1 }] as const) {
    it(`counts failures anew after ${typeof outcome === 'string' ? 'a success' : 'an answer that throttles'}`, () => {
      const pool = new Pool();
      for (let count = 1; count < failuresToOpen; count++) pool.settle(failed);
      pool.settle(outcome);
      pool.settle(failed);
      pool.pass(1);
      assert.ok(pool.take().admitted);
    });
  }

  it('admits a probe as soon as the patience of somebody whose token is about to expire is over, and only one', () => {
    const pool = new Pool(() => 1);
    pool.open();
    assert.equal(secondsOf(pool.take(2)) < 2.1, true);
    pool.pass(2.1);
    assert.ok(pool.take(2).admitted);
    assert.ok(!pool.take(2).admitted);
  });

  it('keeps a pause that the cloud asked for whatever anybody’s patience', () => {
    const pool = new Pool();
    pool.settle({ kind: 'throttled', retryAfterSeconds: 30 });
    pool.pass(5);
    assert.ok(!pool.take(1).admitted);
  });

  it('stays open longer from one failed probe to the next, up to a minute', () => {
    const pool = new Pool(() => 1);
    pool.open();
    const times = Array.from({ length: 5 }, () => {
      const seconds = (untilOf(pool.state.breaker) - pool.now) / 1000;
      pool.pass(seconds);
      assert.ok(pool.take().admitted);
      pool.settle(failed);
      return seconds;
    });
    assert.deepEqual(times, [10, 20, 40, openMaxSeconds, openMaxSeconds]);
  });

  it('stays open for five seconds at least', () => {
    const pool = new Pool(() => 0);
    pool.open();
    assert.equal(untilOf(pool.state.breaker) - pool.now, openFirstSeconds * 1000);
  });

  it('admits one probe, which closes it by a success', () => {
    const pool = new Pool(() => 0);
    pool.open();
    pool.pass(openFirstSeconds);
    assert.equal(pool.admits(), 1);
    pool.settle('succeeded');
    assert.ok(pool.admits() > 1);
  });

  it('gives a probe up that never ends, and admits another', () => {
    const pool = new Pool(() => 0);
    pool.open();
    pool.pass(openFirstSeconds);
    assert.equal(pool.admits(), 1);
    pool.pass(probeMaxSeconds - 0.001);
    assert.equal(pool.admits(), 0);
    pool.pass(0.001);
    assert.equal(pool.admits(), 1);
  });

  it('does not stay open longer by calls that were under way when it opened', () => {
    const pool = new Pool(() => 1);
    pool.open();
    const { breaker } = pool.state;
    pool.pass(3);
    pool.settle(failed);
    assert.deepEqual(pool.state.breaker, breaker);
  });
});

describe('pool budget: a clock that is turned back by a day', () => {
  const day = 86_400;
  const cases: readonly (readonly [string, (pool: Pool) => void, number])[] = [
    ['does not make a pause longer', (pool) => pool.settle(throttled), retryAfterMaxSeconds],
    ['does not keep the breaker open', (pool) => pool.open(), openMaxSeconds],
    ['does not wait for a probe of tomorrow', probeOf, probeMaxSeconds],
    ['does not stop the earning', (pool) => void pool.admits(), 1 / fetchesPerSecond],
  ];
  for (const [name, happen, mostSeconds] of cases) {
    it(name, () => {
      const pool = new Pool();
      happen(pool);
      pool.pass(-day);
      pool.take();
      pool.pass(mostSeconds);
      assert.deepEqual(pool.take(), { admitted: true });
    });
  }

  it('does not send anybody away for longer than when all turns are given out', () => {
    const pool = new Pool();
    pool.settle({ kind: 'throttled', retryAfterSeconds: 300 });
    for (let count = 0; count < 1000; count++) pool.take();
    pool.pass(-day);
    assert.ok(secondsOf(pool.take()) <= retryAfterMaxSeconds + turnMaxSeconds + 0.01);
  });

  it('names turns in order again after some minutes', () => {
    const pool = new Pool();
    pool.admits(fetchBurst);
    pool.take();
    pool.pass(-day);
    pool.take();
    pool.pass(retryAfterMaxSeconds + turnMaxSeconds);
    pool.admits(fetchBurst);
    roughly(secondsOf(pool.take()), 0.1);
  });

  function probeOf(pool: Pool): void {
    pool.open();
    pool.pass(openMaxSeconds);
    pool.take();
  }
});

function untilOf(breaker: CircuitBreaker): number {
  return breaker.kind === 'closed' ? 0 : breaker.until;
}
