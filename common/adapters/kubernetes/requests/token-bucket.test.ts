import assert from 'node:assert/strict';

import { createTokenBucket } from './token-bucket.ts';

describe('the token bucket', () => {
  it('lets no more through than its rate in the long run, however often it is asked', () => {
    let now = 0;
    const bucket = createTokenBucket(5, () => now);
    let taken = 0;
    for (; now < 10_000; now += 10) if (bucket.take() === 0) taken++;
    assert.ok(taken >= 49 && taken <= 51, String(taken));
  });

  it('names the wait after which a token is there', () => {
    let now = 0;
    const bucket = createTokenBucket(2, () => now);
    assert.equal(bucket.take(), 0);
    const wait = bucket.take();
    assert.equal(wait, 500);
    now += wait;
    assert.equal(bucket.take(), 0);
  });

  it('saves up a tenth of a second and no more', () => {
    let now = 0;
    const bucket = createTokenBucket(100, () => now);
    now = 60_000;
    let burst = 0;
    while (bucket.take() === 0) burst++;
    assert.equal(burst, 10);
  });
});
