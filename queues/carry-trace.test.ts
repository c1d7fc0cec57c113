import assert from 'node:assert/strict';

import { traceIn, withTrace } from './carry-trace.ts';
import { catalog } from './catalog.ts';
import { readData } from './read-messages.ts';

const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
const data = { namespace: 'shop', cause: 'account' } as const;

describe('the trace of a message', () => {
  it('is read again from what the job holds', () => {
    assert.deepEqual(traceIn(JSON.parse(JSON.stringify(withTrace(data, trace)))), trace);
  });

  it('adds nothing when there is none', () => {
    assert.equal(withTrace(data, undefined), data);
    assert.equal(traceIn(data), undefined);
  });

  it('is nothing to whoever reads by the catalog, as the version before does', () => {
    assert.deepEqual(readData('namespace.sync', withTrace(data, trace)), { fits: true, data });
  });

  it('does not take the name of a field of any message', () => {
    for (const [name, { shape }] of Object.entries(catalog)) assert.ok(!('traceparent' in shape.shape), name);
  });

  it('is dropped when somebody wrote nonsense, and the message is not', () => {
    for (const traceparent of ['nonsense', 7, null, { a: 1 }]) {
      assert.equal(traceIn({ ...data, traceparent }), undefined);
      assert.equal(readData('namespace.sync', { ...data, traceparent }).fits, true);
    }
    for (const raw of ['text', null, undefined, 7]) assert.equal(traceIn(raw), undefined);
  });
});
