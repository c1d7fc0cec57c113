import assert from 'node:assert/strict';
import type { Sample } from '../../../common/domain/status/history.ts';
import { describePlot, formatValue, plotsOf } from './series.ts';

const idle = { depth: 0, oldestAgeSeconds: 0 };

function sample(at: number, more: Partial<Sample> = {}): Sample {
  const queues = { namespaces: idle, fetch: idle, other: idle };
  return { at, queues, writesPerMinute: 0, conflictsPerMinute: 0, ...more };
}

describe('plots of the status page', () => {
  it('a moment without a new account has no latency, which is not the same as none to wait for', () => {
    const latency = plotsOf([
      sample(10_000),
      sample(20_000, { attachSeconds: { count: 1, p50: 0.009, p99: 0.02 } }),
    ])[2];
    assert.deepEqual(latency?.moments, [10, 20]);
    assert.deepEqual(
      latency?.lines.map(({ values }) => values),
      [
        [null, 0.009],
        [null, 0.02],
      ],
    );
  });

  it('says in words what it shows', () => {
    const [depth] = plotsOf([
      sample(0, { queues: { namespaces: { depth: 1200, oldestAgeSeconds: 0 }, fetch: idle, other: idle } }),
      sample(10_000),
    ]);
    assert.ok(depth !== undefined);
    assert.match(describePlot(depth), /^Messages in the queues\. namespaces: 0, at most 1,200 in the last hour; /);
  });

  it('values have the unit that a person would take', () => {
    assert.deepEqual(
      [0, 0.0004, 0.009, 1.24, 45, 180, 7200].map((seconds) => formatValue(seconds, 'seconds')),
      ['0 s', '1 ms', '9 ms', '1.2 s', '45 s', '3 min', '2 h'],
    );
    assert.equal(formatValue(1024, 'count'), '1,024');
  });
});
