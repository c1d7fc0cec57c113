import assert from 'node:assert/strict';

import { fullBucket, takeTokens, type TokenBucket } from './token-bucket.ts';

describe('the token bucket', () => {
  let bucket: TokenBucket;
  let now: number;

  const open = (perSecond: number): void => {
    now = 0;
    bucket = fullBucket(perSecond, now);
  };
  const take = (perSecond: number, wanted = 1): { readonly granted: number; readonly retryInMs: number } => {
    const taken = takeTokens(bucket, { perSecond, wanted, now });
    bucket = taken.bucket;
    return taken;
  };

  it('lets no more through than its rate in the long run, however often it is asked', () => {
    open(5);
    let taken = 0;
    for (; now < 10_000; now += 10) taken += take(5).granted;
    assert.ok(taken >= 49 && taken <= 51, String(taken));
  });

  it('names the wait after which a token is there', () => {
    open(2);
    assert.equal(take(2).granted, 1);
    const { granted, retryInMs } = take(2);
    assert.deepEqual({ granted, retryInMs }, { granted: 0, retryInMs: 500 });
    now += retryInMs;
    assert.equal(take(2).granted, 1);
  });

  it('saves up a tenth of a second and no more', () => {
    open(100);
    now = 60_000;
    assert.equal(take(100, 1000).granted, 10);
  });

  it('gives a part of what is wanted when there is no more', () => {
    open(50);
    assert.equal(take(50, 3).granted, 3);
    assert.equal(take(50, 9).granted, 2);
  });
});
