import assert from 'node:assert/strict';

import { createFifo } from './fifo.ts';

describe('the first-in first-out queue', () => {
  it('gives thousands of items back in their order while others are added', () => {
    const fifo = createFifo<number>();
    const taken: (number | undefined)[] = [];
    for (let item = 0; item < 6000; item++) {
      fifo.push(item);
      if (item % 3 !== 0) taken.push(fifo.shift());
    }
    while (fifo.size() > 0) taken.push(fifo.shift());
    assert.deepEqual(
      taken,
      Array.from({ length: 6000 }, (_, index) => index),
    );
  });

  it('gives nothing when it is empty', () => {
    assert.equal(createFifo().shift(), undefined);
  });
});
