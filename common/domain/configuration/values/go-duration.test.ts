import assert from 'node:assert/strict';
import { parseGoDuration } from './go-duration.ts';

describe('parseGoDuration', () => {
  const good: readonly (readonly [string, number])[] = [
    ['15m', 900],
    ['1h30m', 5400],
    ['900s', 900],
    ['1.5h', 5400],
    ['.5m', 30],
    ['1.m', 60],
    ['1500ms', 1.5],
    ['2us', 2e-6],
    ['2µs', 2e-6],
    ['3ns', 3e-9],
    ['0', 0],
    ['-0', 0],
    ['-5m', -300],
    ['+5m', 300],
    ['1h1h', 7200],
  ];
  for (const [text, seconds] of good) {
    it(`reads ${text} as ${seconds} s, as Go does`, () => {
      const duration = parseGoDuration(text);
      assert.ok('seconds' in duration);
      assert.ok(Math.abs(duration.seconds - seconds) < 1e-9);
    });
  }

  const bad: readonly (readonly [string, RegExp])[] = [
    ['15', /^15m for minutes, 15s for seconds$/],
    ['15min', /^15m$/],
    ['15 minutes', /^15m$/],
    ['15分钟', /^15m$/],
    ['15 m', /^15m$/],
    ['15M', /^15m$/],
    ['2hr', /^2h$/],
    ['30sec', /^30s$/],
    ['1d', /^24h$/],
    ['2 days', /^48h$/],
    ['', /^15m, 1h30m or 900s$/],
    ['m', /^15m, 1h30m or 900s$/],
    ['.m', /^15m, 1h30m or 900s$/],
    ['1h30', /^15m, 1h30m or 900s$/],
    ['1h 30m', /^15m, 1h30m or 900s$/],
    ['15weeks', /^15m, 1h30m or 900s$/],
    ['１５m', /^15m, 1h30m or 900s$/],
  ];
  for (const [text, write] of bad) {
    it(`refuses ${JSON.stringify(text)} and says what to write`, () => {
      const duration = parseGoDuration(text);
      assert.ok(!('seconds' in duration));
      assert.match(duration.write, write);
    });
  }

  it('says that a number without a unit has two readings', () => {
    const duration = parseGoDuration('15');
    assert.ok(!('seconds' in duration));
    assert.equal(duration.message, 'a number without a unit could mean minutes or seconds');
  });
});
