import assert from 'node:assert/strict';
import type { Happening } from '../../common/domain/happening.ts';
import { StatusHistory } from './status-history.ts';

describe('history that a process keeps', () => {
  let now: number;
  let history: StatusHistory;

  beforeEach(() => {
    now = 1_000_000;
    history = new StatusHistory(() => now);
  });

  function synced(writes: number, ...accountReadySeconds: readonly number[]): Happening {
    return {
      kind: 'namespace-synced',
      namespace: 'shop',
      cause: 'new',
      writes: Array.from({ length: writes }, () => 'attach' as const),
      attached: [],
      seconds: 0,
      sweepCorrections: 0,
      accountReadySeconds,
    };
  }

  it('a sample has the writes since the one before, by the minute', () => {
    history.note(synced(5));
    now += 10_000;
    history.sample([]);
    now += 10_000;
    history.sample([]);
    assert.deepEqual(
      history.since(0).samples.map(({ writesPerMinute }) => writesPerMinute),
      [30, 0],
    );
  });

  it('a burst right after a sample is not blown up', () => {
    history.note(synced(5));
    now += 1;
    history.sample([]);
    assert.equal(history.since(0).samples[0]?.writesPerMinute, 60);
  });

  it('keeps few of many latencies', () => {
    for (let turn = 0; turn < 100; turn++) history.note(synced(0, ...Array.from({ length: 100 }, () => 0.01)));
    history.sample([]);
    assert.deepEqual(history.since(0).samples[0]?.attachSeconds, { count: 5000, p50: 0.01, p99: 0.01 });
  });

  it('adds up the queues of one sort, and takes the oldest age', () => {
    const depth = { waiting: 1, active: 1, delayed: 0 };
    history.sample([
      { queue: 'fetch.a', ...depth, oldestAgeSeconds: 1 },
      { queue: 'fetch.b', ...depth, oldestAgeSeconds: 7 },
    ]);
    assert.deepEqual(history.since(0).samples[0]?.queues.fetch, { depth: 4, oldestAgeSeconds: 7 });
  });
});
