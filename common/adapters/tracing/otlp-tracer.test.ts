import assert from 'node:assert/strict';

import { startTraceCollector, type TraceCollector } from '../../../tests/fixtures/trace-collector.ts';
import { waitUntil } from '../../../tests/real-parts/wait-until.ts';
import type { Tracer } from '../../domain/tracing/tracer.ts';
import { openOtlpTracer } from './otlp-tracer.ts';

describe('traces that are sent to a collector', function () {
  this.timeout(60_000);
  let collector: TraceCollector;
  let states: string[];
  let counts: Record<'sent' | 'lost' | 'dropped', number>;
  let tracer: Tracer;
  let close: () => Promise<void>;

  beforeEach(async () => {
    collector = await startTraceCollector();
    states = [];
    counts = { sent: 0, lost: 0, dropped: 0 };
    ({ tracer, close } = openOtlpTracer({
      endpoint: new URL(`${collector.url}/v1/traces`),
      ratio: 1,
      version: '1.2.3',
      roles: ['watcher', 'writer'],
      observer: (state, problem) => void states.push(`${state} ${problem}`.trim()),
      count: (outcome, spans) => void (counts[outcome] += spans),
    }));
  });
  afterEach(async () => {
    await close();
    await collector.stop();
  });

  const work = (name = 'work'): Promise<void> => tracer.span({ name, kind: 'internal' }, async () => undefined);

  const sendUntil = (what: string, reached: () => boolean): Promise<true> =>
    waitUntil(what, 40, async () => {
      // A batch, which is sent at once.
      for (let count = 0; count < 256; count++) await work();
      return reached() ? true : undefined;
    });

  it('are there when the tracer was closed', async () => {
    await work();
    await close();
    assert.deepEqual(
      collector.spans().map(({ name, roles }) => [name, roles]),
      [['work', 'watcher,writer']],
    );
  });

  it('that it refuses are told once, and once when it takes them again', async () => {
    collector.answer(400);
    await sendUntil('three refusals', () => collector.requests() >= 3);
    assert.deepEqual(states, [`lost ${collector.url}/v1/traces: answers 400`]);
    collector.answer(200);
    await sendUntil('the collector to take traces', () => states.length > 1);
    assert.deepEqual(states.slice(1), ['restored']);
  });

  it('are counted, each once: those that were sent, those that the collector did not take, those for which there was no room', async () => {
    collector.answer('never');
    for (let count = 0; count < 5000; count++) await work();
    // One batch is on its way, 2,048 wait.
    assert.ok(counts.dropped >= 5000 - 2048 - 256, JSON.stringify(counts));
    const { dropped } = counts;
    collector.answer(200);
    await waitUntil('all to be sent, but for the batch that got no answer', 40, async () =>
      counts.sent + counts.lost + dropped === 5000 ? true : undefined,
    );
    assert.equal(counts.sent, collector.spans().length);
    assert.equal(counts.dropped, dropped);
  });

  it('keep nobody from ending when the collector never answers', async () => {
    collector.answer('never');
    await work();
    await close();
    // A round trip, after which the collector knows of every connection that was given up before.
    await fetch(collector.url);
    assert.equal(collector.hanging(), 1, 'it was not waited for, nor for its time-out');
  });

  it('cost no work when there is no collector, and that is told once', async () => {
    await collector.stop();
    await sendUntil('the loss to be told', () => states.length > 0);
    for (let count = 0; count < 5000; count++) await work();
    assert.equal(states.length, 1);
    assert.match(states[0]!, /^lost .*: ECONNREFUSED$/);
  });
});
