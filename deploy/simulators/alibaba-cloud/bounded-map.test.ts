import assert from 'node:assert/strict';

import { createBoundedMap } from './bounded-map.ts';

describe('bounded map', () => {
  it('forgets the oldest entry when it is full', () => {
    const map = createBoundedMap<number>(2);
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index);
    assert.deepEqual([map.size, map.has('a'), map.get('b'), map.get('c')], [2, false, 1, 2]);
  });

  it('takes an entry that was set again for a new one', () => {
    const map = createBoundedMap<number>(2);
    for (const [index, key] of ['a', 'b', 'a', 'c'].entries()) map.set(key, index);
    assert.deepEqual([map.get('a'), map.has('b')], [2, false]);
  });
});
