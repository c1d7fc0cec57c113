import assert from 'node:assert/strict';

import { createCloudClock } from './cloud-clock.ts';

const start = Date.parse('2026-11-24T12:00:00Z');
const headerAt = (ms: number) => new Date(ms).toUTCString();

describe('the cloud’s clock', () => {
  const atStart = () => {
    const cloudClock = createCloudClock(() => start);
    const observe = (skewSeconds: number) => cloudClock.observe(headerAt(start + skewSeconds * 1000), start, start);
    return { cloudClock, observe };
  };

  it('is ours while nothing is known', () => {
    assert.equal(atStart().cloudClock.now(), start);
  });

  it('follows the Date header, halfway between request and answer', () => {
    const { cloudClock } = atStart();
    cloudClock.observe(headerAt(start + 600_000), start - 4000, start);

    assert.equal(cloudClock.skewMilliseconds(), 602_500);
  });

  it('takes a difference of a second for none: the header cannot tell', () => {
    const { cloudClock, observe } = atStart();
    observe(1);

    assert.equal(cloudClock.skewMilliseconds(), 0);
  });

  it('is not thrown off by one odd answer', () => {
    const { cloudClock, observe } = atStart();
    for (const skew of [0, 0, 7200, 0]) observe(skew);

    assert.equal(cloudClock.skewMilliseconds(), 0);
  });

  it('follows a clock that was set, after a few answers', () => {
    const { cloudClock, observe } = atStart();
    for (const skew of [0, 0, 0, 0, 0, 300, 300, 300]) observe(skew);

    assert.equal(cloudClock.skewMilliseconds(), 300_500);
  });

  it('forgets what it believed when a request was refused for its date', () => {
    const { cloudClock, observe } = atStart();
    for (const skew of [0, 0, 0]) observe(skew);
    cloudClock.correct(headerAt(start + 3_600_000), start, start);

    assert.equal(cloudClock.skewMilliseconds(), 3_600_500);
  });

  it('believes no difference of more than a day, and no header that is no date', () => {
    const { cloudClock, observe } = atStart();
    observe(25 * 3600);
    cloudClock.observe('yesterday', start, start);
    cloudClock.observe(undefined, start, start);

    assert.equal(cloudClock.skewMilliseconds(), 0);
  });
});
