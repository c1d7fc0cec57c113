import assert from 'node:assert/strict';
import { axisTime, clockTime, duration, relative, utcTime } from './times.ts';

const noon = Date.UTC(2026, 10, 24, 12, 5, 10);
const minute = 60_000;

describe('times of the status page', () => {
  it('a duration has its two largest units at most', () => {
    assert.deepEqual([48_000, 89_000, 41 * minute, 90 * minute, 120 * minute, 75 * 60 * minute].map(duration), [
      '48 s',
      '89 s',
      '41 min',
      '1 h 30 min',
      '2 h',
      '3 d 3 h',
    ]);
  });

  it('a moment is told from now on, in both directions', () => {
    assert.equal(relative(noon + 41 * minute, noon), 'in 41 min');
    assert.equal(relative(noon - 5000, noon), '5 s ago');
    assert.equal(relative(noon + 100, noon), 'now');
  });

  it('a time is in the zone of the viewer, with the date only on another day there', () => {
    assert.equal(clockTime(noon, noon, 'Asia/Shanghai'), '20:05:10');
    assert.equal(clockTime(noon + 5 * 60 * minute, noon, 'Asia/Shanghai'), '2026-11-25 01:05:10');
    assert.equal(clockTime(noon + 5 * 60 * minute, noon, 'UTC'), '17:05:10');
  });

  it('UTC says that it is UTC', () => {
    assert.equal(utcTime(noon), '2026-11-24 12:05:10 UTC');
  });

  it('marks of an axis have seconds only where they matter', () => {
    assert.equal(axisTime(noon, false, 'UTC'), '12:05');
    assert.equal(axisTime(noon, true, 'UTC'), '12:05:10');
  });
});
