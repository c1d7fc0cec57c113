import assert from 'node:assert/strict';

import { Failure } from '../common/domain/failure.ts';
import { manualTime, type ManualTime } from '../tests/fixtures/manual-time.ts';
import { startTick, type Tick } from './ticks.ts';

describe('a tick', () => {
  let time: ManualTime;
  let published: number[];
  let publish: () => Promise<void>;
  let reported: number[];
  let tick: Tick;

  beforeEach(() => {
    time = manualTime(0);
    published = [];
    reported = [];
    publish = async () => void published.push(time.clock());
    tick = startTick({
      everySeconds: 30,
      publish: () => publish(),
      failed: (_failure, retryInSeconds) => void reported.push(retryInSeconds),
      clock: time.clock,
      timers: time.timers,
      random: () => 0,
    });
  });
  afterEach(() => tick.stop());

  it('publishes at once, and then every so many seconds', async () => {
    await time.advance(95_000);
    assert.deepEqual(published, [0, 30_000, 60_000, 90_000]);
  });

  it('comes earlier when it is told to, and counts on from there', async () => {
    await time.advance(1000);
    tick.nextTick(10_000);
    await time.advance(39_000);
    assert.deepEqual(published, [0, 10_000, 40_000]);
  });

  it('comes no later for a moment that is later than planned', async () => {
    await time.advance(1000);
    tick.nextTick(50_000);
    await time.advance(30_000);
    assert.deepEqual(published, [0, 30_000]);
  });

  it('keeps the earliest of several moments', async () => {
    await time.advance(1000);
    tick.nextTick(20_000);
    tick.nextTick(10_000);
    tick.nextTick(15_000);
    await time.advance(10_000);
    assert.deepEqual(published, [0, 10_000]);
  });

  it('comes at most once a second for something that is due and stays due', async () => {
    publish = async () => {
      published.push(time.clock());
      tick.nextTick(0);
    };
    await time.advance(3500);
    assert.deepEqual(published, [0, 1000, 2000, 3000]);
  });

  it('tries again with back-off while publishing fails, reports it, and goes on afterwards', async () => {
    let failures = 3;
    publish = async () => {
      if (failures-- > 0) throw new Failure('redis-unreachable', 'no connection');
      published.push(time.clock());
    };
    await time.advance(31_600);
    assert.deepEqual(reported, [0.5, 0.5, 0.5]);
    assert.deepEqual(published, [1500, 31_500]);
  });

  it('goes on after a failure that says to give up: a tick has nobody else to go on', async () => {
    publish = async () => {
      published.push(time.clock());
      throw new Failure('setting-invalid', 'invalid');
    };
    await time.advance(31_000);
    assert.deepEqual(published, [0, 30_000]);
  });

  it('stops for good, and waits for the publish that is under way', async () => {
    let finish = (): void => {};
    publish = () => new Promise((resolve) => (finish = resolve));
    await time.advance(1);
    let stopped = false;
    const stopping = tick.stop().then(() => {
      stopped = true;
    });
    await time.advance(1);
    assert.equal(stopped, false);
    finish();
    await stopping;
    await time.advance(100_000);
    assert.equal(time.pending(), 0);
  });
});
