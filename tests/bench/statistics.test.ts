import assert from 'node:assert/strict';
import { describeMilliseconds, median, percentile } from './statistics.ts';

describe('statistics of the bench', () => {
  it('the median of an even number of values lies between the two in the middle', () => {
    assert.deepEqual([median([3, 1, 2]), median([4, 1, 3, 2])], [2, 2.5]);
  });

  it('a percentile is one of the values', () => {
    const values = Array.from({ length: 200 }, (_value, index) => 200 - index);
    assert.deepEqual([percentile(values, 50), percentile(values, 99), percentile([7], 99)], [100, 198, 7]);
  });

  it('latencies are described by their median and their 99th percentile', () => {
    assert.equal(describeMilliseconds([1, 2, 3]), 'p50 2.0, p99 3.0 ms');
  });
});
