import assert from 'node:assert/strict';
import {
  emptyHistory,
  historyMs,
  historySince,
  latencyOf,
  queueFamily,
  withAttempts,
  withSample,
  type History,
  type Sample,
} from './history.ts';
import type { CredentialStatus } from './status.ts';

const now = 10 * historyMs;

function credential(fetchedAt: number | undefined, failedAt?: number, attempts = 1): CredentialStatus {
  const failure = { code: 'cloud-error', message: 'broken', hint: '', attempts, nextAttemptAt: 0 } as const;
  return {
    sourceId: 'a',
    name: 'cri-a',
    state: 'fresh',
    hosts: [],
    fetchedAt,
    ...(failedAt === undefined ? {} : { failure: { ...failure, at: failedAt } }),
  };
}

function sample(at: number): Sample {
  const idle = { depth: 0, oldestAgeSeconds: 0 };
  return { at, queues: { namespaces: idle, fetch: idle, other: idle }, writesPerMinute: 0, conflictsPerMinute: 0 };
}

describe('history of the last hour', () => {
  it('notices a fetch and a failed try by what they left behind, once', () => {
    const first = [credential(now - 5000)];
    const second = [credential(now - 5000, now - 1000)];
    let history = withAttempts(emptyHistory, [], first, now);
    history = withAttempts(history, first, second, now);
    history = withAttempts(history, second, second, now + 1);
    assert.deepEqual(
      history.attempts.map(({ at, failure }) => [at - now, failure]),
      [
        [-5000, undefined],
        [-1000, 'broken'],
      ],
    );
  });

  it('counts the tries between two looks, also after a success in between', () => {
    const tries = (before: CredentialStatus, after: CredentialStatus): number | undefined =>
      withAttempts(emptyHistory, [before], [after], now).attempts.find(({ failure }) => failure !== undefined)?.tries;
    assert.equal(tries(credential(1, now - 9000, 2), credential(1, now - 1000, 5)), 3);
    assert.equal(tries(credential(1, now - 9000, 5), credential(now - 3000, now - 1000, 2)), 2);
  });

  it('forgets what is older than an hour', () => {
    const old = withAttempts(emptyHistory, [], [credential(now - historyMs + 10)], now);
    assert.equal(old.attempts.length, 1);
    assert.equal(withAttempts(old, [], [], now + 20).attempts.length, 0);
    assert.equal(withSample(withSample(emptyHistory, sample(now - historyMs)), sample(now)).samples.length, 1);
  });

  it('is bounded, however many credentials fail however often', () => {
    let history: History = emptyHistory;
    for (let round = 0; round < 60; round++) {
      const after = Array.from({ length: 50 }, (_, index) => ({
        ...credential(undefined, now + round),
        sourceId: `s${index}`,
      }));
      history = withAttempts(history, [], after, now + round);
      history = withSample(history, sample(now + round));
    }
    assert.equal(history.attempts.length, 2000);
    for (let round = 0; round < 500; round++) history = withSample(history, sample(now + round));
    assert.equal(history.samples.length, 360);
  });

  it('gives what was noticed since, also of what happened before', () => {
    const history = withAttempts(withSample(emptyHistory, sample(now)), [], [credential(now - 5000)], now + 10);
    assert.deepEqual(historySince(history, now), { samples: [], attempts: history.attempts });
    assert.deepEqual(historySince(history, now + 10), { samples: [], attempts: [] });
  });

  it('takes percentiles that were measured', () => {
    const seconds = Array.from({ length: 200 }, (_, index) => (200 - index) / 1000);
    assert.deepEqual(latencyOf(seconds), { count: 200, p50: 0.1, p99: 0.198 });
    assert.equal(latencyOf([]), undefined);
  });

  it('puts the queues of all pools together', () => {
    assert.deepEqual(['namespaces', 'fetch.cn-hangzhou.cluster', 'renewals'].map(queueFamily), [
      'namespaces',
      'fetch',
      'other',
    ]);
  });
});
