import assert from 'node:assert/strict';

import { processSpan } from './trace-messages.ts';

const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
const work = { name: 'namespace.sync', queue: 'namespaces', system: 'bullmq' } as const;

describe('the span in which a message is handled', () => {
  it('continues the trace of the publish, and says how long it waited and which try it is', () => {
    const { parent, link, attributes } = processSpan(
      work,
      'shop',
      { attempt: 3, urgency: 'new' },
      { trace, ageSeconds: 1.5, id: 'job-1' },
    );
    assert.equal(parent, trace);
    assert.equal(link, undefined);
    assert.equal(attributes?.['acr.message.attempt'], 3);
    assert.equal(attributes?.['acr.message.age_seconds'], 1.5);
    assert.equal(attributes?.['messaging.message.id'], 'job-1');
  });

  it('begins a trace with a link for what comes back much later: a plan for the moment of an expiry is another story', () => {
    const { parent, link } = processSpan(work, 'shop', { attempt: 1, urgency: 'new' }, { trace, ageSeconds: 3600 });
    assert.equal(parent, 'none');
    assert.equal(link, trace);
  });

  it('begins a trace for a message that brought none', () => {
    const origin = { trace: undefined, ageSeconds: 0 };
    assert.equal(processSpan(work, 'shop', { attempt: 1, urgency: 'new' }, origin).parent, 'none');
  });
});
