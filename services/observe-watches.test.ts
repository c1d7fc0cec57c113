import assert from 'node:assert/strict';
import { Failure } from '../common/domain/failure.ts';
import { Metrics } from '../common/runtime/metrics.ts';
import { Health } from './health.ts';
import { observeWatches } from './observe-watches.ts';

const minute = 60_000;

describe('observeWatches', () => {
  let now: number;
  let health: Health;
  let metrics: Metrics;
  let observer: ReturnType<typeof observeWatches>;

  beforeEach(() => {
    now = 1_000_000_000;
    health = new Health();
    metrics = new Metrics();
    observer = observeWatches({ metrics, report: () => undefined, health, clock: () => now });
    observer.listing?.('secrets', 'start');
    observer.activity?.('secrets', now);
  });

  it('names an interruption at once, and asks for a restart only after half an hour', async () => {
    const failure = new Failure('kubernetes-unreachable', 'connection refused');
    observer.problem?.('secrets', failure);
    assert.deepEqual(health.problems(), ['watch secrets: connection refused']);
    now += 30 * minute;
    assert.deepEqual(await health.fatal(), []);
    now += minute;
    assert.deepEqual(await health.fatal(), ['watches: secrets: down for 31 minutes: connection refused']);
    observer.recovered?.('secrets', failure);
    observer.activity?.('secrets', now);
    assert.deepEqual([health.problems(), await health.fatal()], [[], []]);
  });

  it('asks for no restart because a right is missing: that is missing afterwards, too', async () => {
    observer.problem?.('secrets', new Failure('kubernetes-forbidden', 'cannot list secrets'));
    now += 31 * minute;
    assert.deepEqual([health.problems(), await health.fatal()], [['watch secrets: cannot list secrets'], []]);
  });

  describe('of several Secrets by name', () => {
    const forbidden = new Failure('kubernetes-forbidden', 'cannot list the Secret of a domain');

    beforeEach(() => {
      observer.listing?.('secrets', 'start');
      observer.problem?.('secrets', forbidden);
    });

    it('keeps no process from its work because a right to one of them is missing', async () => {
      assert.deepEqual([health.problems(), await health.fatal()], [[], []]);
    });

    it('names the failure of another one beside it, and takes back that one alone', async () => {
      const lost = new Failure('kubernetes-unreachable', 'connection refused');
      observer.problem?.('secrets', lost);
      assert.deepEqual(health.problems(), ['watch secrets: connection refused']);
      observer.recovered?.('secrets', lost);
      assert.deepEqual(health.problems(), []);
      assert.match(await metrics.text(), /watch_interrupted{watch="secrets"} 1/);
    });

    it('asks for a restart when the others are silent and have not noticed', async () => {
      now += 11 * minute;
      assert.deepEqual(await health.fatal(), ['watches: secrets: nothing came for 11 minutes, and nobody noticed']);
    });

    it('forgets the failure of one that nobody wants any more', () => {
      observer.problem?.('secrets', new Failure('kubernetes-forbidden', 'cannot list the first Secret'));
      assert.equal(health.problems().length, 1);
      observer.ended?.('secrets', forbidden);
      assert.deepEqual(health.problems(), ['watch secrets: cannot list the first Secret']);
    });
  });

  it('keeps no process from its work because pods cannot be watched', async () => {
    observer.listing?.('pods', 'start');
    observer.problem?.('pods', new Failure('kubernetes-forbidden', 'cannot list pods'));
    now += 31 * minute;
    observer.activity?.('secrets', now);
    assert.deepEqual([health.problems(), await health.fatal()], [[], []]);
    assert.match(await metrics.text(), /watch_interrupted{watch="pods"}/);
  });

  it('tells since when nothing came, also of a watch that never received anything', async () => {
    observer.listing?.('namespaces', 'start');
    now += minute;
    observer.listing?.('namespaces', 'expired');
    assert.match(await metrics.text(), /watch_last_activity_timestamp_seconds{watch="namespaces"} 1000000\n/);
  });

  it('asks for a restart when a watch is silent and has not noticed', async () => {
    now += 11 * minute;
    assert.deepEqual(await health.fatal(), ['watches: secrets: nothing came for 11 minutes, and nobody noticed']);
  });

  it('forgets a watch that nobody wants any more, once the last of its resource has ended', async () => {
    observer.listing?.('secrets', 'start');
    observer.ended?.('secrets', undefined);
    assert.match(await metrics.text(), /watch_last_activity_timestamp_seconds{watch="secrets"}/);
    observer.ended?.('secrets', undefined);
    now += 60 * minute;
    assert.deepEqual(await health.fatal(), []);
    assert.doesNotMatch(await metrics.text(), /{watch="secrets"}/);
  });
});
