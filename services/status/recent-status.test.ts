import assert from 'node:assert/strict';
import type { Status } from '../../common/domain/status/status.ts';
import { manualTime, type ManualTime } from '../../tests/fixtures/manual-time.ts';
import { RecentStatus } from './recent-status.ts';

describe('a recent status', () => {
  let time: ManualTime;
  let recent: RecentStatus;
  /** How many ms the next takes, and whether it can be made. */
  let takes: number;
  let fails: boolean;
  let made: number;

  beforeEach(() => {
    [takes, fails, made] = [500, false, 0];
    time = manualTime();
    recent = new RecentStatus({ read, timers: time.timers, now: time.clock });
  });

  function read(): Promise<Status> {
    const status = { at: ++made } as Status;
    const isFailing = fails;
    return new Promise((resolve, reject) => {
      time.timers.after(takes, () => (isFailing ? reject(new Error('planned')) : resolve(status)));
    });
  }

  /** Which status is there after so many ms; `undefined`: none yet. */
  async function atOnceWithin(milliseconds: number): Promise<number | undefined> {
    let answer: number | undefined;
    void recent.atOnce().then(({ at }) => (answer = at));
    await time.advance(milliseconds);
    return answer;
  }

  async function keep(): Promise<number> {
    const kept = recent.keep();
    await time.advance(takes);
    return kept;
  }

  it('is a fresh one when that comes soon', async () => {
    takes = 10;
    await keep();
    assert.equal(await atOnceWithin(10), 2);
  });

  it('is the latest when a fresh one takes longer than usual, which is the latest for the next who asks', async () => {
    takes = 10;
    await keep();
    takes = 500;
    assert.equal(await atOnceWithin(50), 1);
    await time.advance(500);
    assert.equal(await atOnceWithin(0), 2);
  });

  it('is the latest without any work where a fresh one always takes long', async () => {
    await keep();
    assert.equal(await atOnceWithin(0), 1);
    assert.equal(made, 1);
  });

  it('is what whoever waited for a fresh one has got', async () => {
    await keep();
    const asked = recent.fresh();
    await time.advance(takes);
    assert.equal(await asked, await recent.atOnce());
  });

  it('is waited for when there is none yet, or none of the last ten minutes', async () => {
    assert.equal(await atOnceWithin(499), undefined);
    await time.advance(1);
    await time.advance(600_001);
    assert.equal(await atOnceWithin(499), undefined);
  });

  it('is the latest while none can be made', async () => {
    takes = 10;
    await keep();
    fails = true;
    assert.equal(await atOnceWithin(50), 1);
  });

  it('cannot be had when none was ever made: whoever asks hears why', async () => {
    fails = true;
    const asked = recent.atOnce();
    const refused = assert.rejects(asked, /planned/);
    await time.advance(500);
    await refused;
  });

  it('is made again after half a minute, or later where it takes long, whether or not it could be made', async () => {
    takes = 10;
    assert.equal(await keep(), 30);
    takes = 1000;
    assert.equal(await keep(), 300);
    fails = true;
    assert.equal(await keep(), 300);
  });
});
