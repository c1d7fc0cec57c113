import assert from 'node:assert/strict';

import { recordedTraceId, silentTracer } from './tracer.ts';

describe('tracing that is off', () => {
  it('hands back the very promise of the work, without a step in between', () => {
    const promise = Promise.resolve(7);
    assert.equal(
      silentTracer.span({ name: 'work', kind: 'internal' }, () => promise),
      promise,
    );
  });

  it('hands back the very function that is to be called later', () => {
    const work = (): number => 7;
    assert.equal(silentTracer.bind(work), work);
  });

  it('has no trace, so that nothing is added to a message or a log line', () => {
    assert.equal(silentTracer.current(), undefined);
    assert.equal(recordedTraceId(silentTracer), undefined);
  });
});

describe('the id of the recorded trace', () => {
  it('is that of a sampled trace only: another one leads nowhere', () => {
    const context = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
    assert.equal(recordedTraceId({ current: () => ({ ...context, sampled: true }) }), context.traceId);
    assert.equal(recordedTraceId({ current: () => ({ ...context, sampled: false }) }), undefined);
  });
});
