import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';

import { Failure } from '../../../domain/failure.ts';
import { turnsUntilTheLessUrgent } from '../../../domain/urgency.ts';
import { createMemoryRequestBudget } from '../../memory/request-budget.ts';
import { createRequestWindow, type RequestWindow } from './request-window.ts';

describe('the window of requests in flight', () => {
  it('starts no more than its limit', () => {
    const window = createRequestWindow({ limit: 3 });
    const work = Array.from({ length: 10 }, () => heldWork());
    for (const { run } of work) void window.run('periodic', run);
    assert.equal(work.filter(({ started }) => started()).length, 3);
    const { inFlight, waiting, limit } = window.gauges();
    assert.deepEqual({ inFlight, waiting, limit }, { inFlight: 3, waiting: 7, limit: 3 });
  });

  it('starts the next when one has ended, also when it failed', async () => {
    const window = createRequestWindow({ limit: 1 });
    const [first, second] = [heldWork(), heldWork()];
    const failed = assert.rejects(window.run('periodic', first.run));
    void window.run('periodic', second.run);
    assert.equal(second.started(), false);
    first.fail(new Error('broken'));
    await failed;
    assert.equal(second.started(), true);
  });

  it('starts what waited as what it was asked for by, not by whoever ended', async () => {
    const story = new AsyncLocalStorage<string>();
    const window = createRequestWindow({ limit: 1, bind: (work) => AsyncLocalStorage.bind(work) });
    const first = heldWork();
    const seen: (string | undefined)[] = [];
    const all = [story.run('first', () => window.run('periodic', first.run))];
    all.push(story.run('second', () => window.run('periodic', async () => void seen.push(story.getStore()))));
    story.run('first', () => first.end());
    await Promise.all(all);
    assert.deepEqual(seen, ['second']);
  });

  it('starts the most urgent first, and within one urgency who came first', async () => {
    const window = createRequestWindow({ limit: 1 });
    const order: string[] = [];
    const blocker = heldWork();
    const all = [window.run('periodic', blocker.run)];
    for (const [urgency, name] of [
      ['periodic', 'p1'],
      ['drifted', 'd1'],
      ['unserved', 'u1'],
      ['expiring', 'e1'],
      ['unserved', 'u2'],
    ] as const) {
      all.push(window.run(urgency, async () => void order.push(name)));
    }
    blocker.end();
    await Promise.all(all);
    assert.deepEqual(order, ['u1', 'u2', 'e1', 'd1', 'p1']);
  });

  it('lets the less urgent start once in a while, however much urgent work there is', async () => {
    const window = createRequestWindow({ limit: 1 });
    const order: string[] = [];
    const blocker = heldWork();
    const all = [window.run('new', blocker.run)];
    for (let count = 0; count < turnsUntilTheLessUrgent; count++) {
      all.push(window.run('periodic', async () => void order.push('periodic')));
    }
    for (let count = 0; count < turnsUntilTheLessUrgent * 4; count++) {
      all.push(window.run('new', async () => void order.push('new')));
    }
    blocker.end();
    await Promise.all(all);
    const urgentOnes = order.lastIndexOf('new') + 1;
    const others = order.slice(0, urgentOnes).filter((name) => name === 'periodic').length;
    assert.equal(others, Math.floor(urgentOnes / turnsUntilTheLessUrgent));
  });

  it('gives back what the work gives', async () => {
    const window = createRequestWindow({ limit: 1 });
    const results = await Promise.all([1, 2, 3].map((value) => window.run('unserved', async () => value)));
    assert.deepEqual(results, [1, 2, 3]);
  });

  it('halves its limit once for all the 429 of one overload', async () => {
    const { window } = windowOnFakeTime(16);
    await throttle(window, 16);
    assert.equal(window.gauges().limit, 8);
  });

  it('never shrinks below one', async () => {
    const { window, time } = windowOnFakeTime(2);
    for (let round = 0; round < 5; round++) {
      await throttle(window, 1);
      time.advance(60_000);
    }
    assert.equal(window.gauges().limit, 1);
  });

  it('starts nothing before the time that the server named, and goes on then', async () => {
    const { window, time } = windowOnFakeTime(4);
    await throttle(window, 1, 7);
    const late = heldWork();
    void window.run('unserved', late.run);
    time.advance(6_999);
    assert.equal(late.started(), false);
    time.advance(1);
    assert.equal(late.started(), true);
  });

  it('grows by one with each full window of successes, up to its limit', async () => {
    const { window, time } = windowOnFakeTime(4);
    await throttle(window, 1);
    time.advance(60_000);
    assert.equal(window.gauges().limit, 2);
    await succeed(window, 2);
    assert.equal(window.gauges().limit, 3);
    await succeed(window, 3);
    assert.equal(window.gauges().limit, 4);
    await succeed(window, 50);
    assert.equal(window.gauges().limit, 4);
  });

  it('is not narrowed by other failures', async () => {
    const window = createRequestWindow({ limit: 8 });
    const failure = new Failure('kubernetes-conflict', 'changed');
    await assert.rejects(window.run('unserved', () => Promise.reject(failure)));
    assert.equal(window.gauges().limit, 8);
  });

  it('keeps to a cap of requests per second', async () => {
    const { window, time } = windowOnFakeTime(100, 10);
    let started = 0;
    for (let request = 0; request < 100; request++) void window.run('periodic', async () => void started++);
    for (let tick = 0; tick < 300; tick++) {
      time.advance(10);
      await turnOfTheEventLoop();
    }
    assert.ok(started >= 30 && started <= 32, String(started));
  });

  it('spends what the cap grants on the most urgent', async () => {
    const { window, time } = windowOnFakeTime(100, 10);
    const order: string[] = [];
    for (let request = 0; request < 50; request++) void window.run('periodic', async () => void order.push('periodic'));
    await turnOfTheEventLoop();
    void window.run('new', async () => void order.push('new'));
    for (let tick = 0; tick < 10; tick++) {
      time.advance(100);
      await turnOfTheEventLoop();
    }
    assert.ok(order.indexOf('new') >= 0 && order.indexOf('new') <= 2, order.join());
  });

  it('asks the cap for many requests at once', async () => {
    const wanted: number[] = [];
    const budget = {
      take: (count: number) => {
        wanted.push(count);
        return Promise.resolve({ granted: count, retryInMs: 0 });
      },
    };
    const window = createRequestWindow({ limit: 16, budget });
    await Promise.all(Array.from({ length: 160 }, () => window.run('periodic', turnOfTheEventLoop)));
    assert.ok(wanted.length <= 160 / 16 + 1, wanted.join());
  });

  it('loses no request among tens of thousands', async () => {
    const window = createRequestWindow({ limit: 16 });
    let done = 0;
    const all = Array.from({ length: 20_000 }, (_, index) =>
      window.run(index % 2 === 0 ? 'periodic' : 'unserved', async () => void done++),
    );
    await Promise.all(all);
    assert.equal(done, 20_000);
    const { inFlight, waiting, limit } = window.gauges();
    assert.deepEqual({ inFlight, waiting, limit }, { inFlight: 0, waiting: 0, limit: 16 });
  });
});

function turnOfTheEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function heldWork() {
  let isStarted = false;
  let end = (): void => undefined;
  let fail: (error: Error) => void = () => undefined;
  const held = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return {
    run: () => {
      isStarted = true;
      return held;
    },
    started: () => isStarted,
    end: () => end(),
    fail: (error: Error) => fail(error),
  };
}

function windowOnFakeTime(limit: number, perSecond?: number) {
  let now = 1_000_000;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  const window = createRequestWindow({
    limit,
    budget: perSecond === undefined ? undefined : createMemoryRequestBudget(perSecond, () => now),
    clock: () => now,
    setTimer: (callback, delayMs) => void timers.push({ at: now + delayMs, callback }),
  });
  const advance = (ms: number): void => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { callback } of due) callback();
  };
  return { window, time: { advance } };
}

/** So many requests in flight at once are all refused with 429. */
async function throttle(window: RequestWindow, requests: number, retryAfterSeconds = 1): Promise<void> {
  const refused = Array.from({ length: requests }, () => heldWork());
  const ended = refused.map(({ run }) => assert.rejects(window.run('unserved', run)));
  for (const { fail } of refused) fail(new Failure('kubernetes-throttled', 'slow down', { retryAfterSeconds }));
  await Promise.all(ended);
}

async function succeed(window: RequestWindow, requests: number): Promise<void> {
  for (let request = 0; request < requests; request++) await window.run('unserved', () => Promise.resolve());
}
