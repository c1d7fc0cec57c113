import assert from 'node:assert/strict';
import { ageSince } from './printer-columns.ts';

const ages: readonly (readonly [seconds: number, text: string])[] = [
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [192, '3m12s'],
  [600, '10m'],
  [7200, '120m'],
  [10_800, '3h'],
  [12_000, '3h20m'],
  [36_000, '10h'],
  [172_800, '2d'],
  [180_000, '2d2h'],
  [864_000, '10d'],
];

describe('ageSince', () => {
  for (const [seconds, text] of ages) {
    it(`prints ${seconds} seconds as ${text}`, () => {
      assert.equal(ageSince('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:00Z') + seconds * 1000), text);
    });
  }

  it('prints a missing time as unknown', () => {
    assert.equal(ageSince(undefined, 0), '<unknown>');
  });
});
