import assert from 'node:assert/strict';

import type { Message } from './bus.ts';
import { readData, readMessages } from './read-messages.ts';

describe('messages on their way to a queue', () => {
  it('are sorted by queue', () => {
    const read = readMessages('credential.fetch', [
      { data: { pool: 'a.1', sourceId: 'x' }, urgency: 'unserved' },
      { data: { pool: 'b.1', sourceId: 'y' }, urgency: 'expiring' },
      { data: { pool: 'a.1', sourceId: 'z' }, urgency: 'periodic' },
    ]);
    assert.deepEqual(
      [...read].map(([queue, byKey]) => [queue, [...byKey.keys()]]),
      [
        ['fetch.a.1', ['x', 'z']],
        ['fetch.b.1', ['y']],
      ],
    );
  });

  it('of one key are one, with the newest data and the highest urgency', () => {
    const read = readMessages('namespace.sync', [
      { data: { namespace: 'shop', cause: 'account' }, urgency: 'unserved' },
      { data: { namespace: 'shop', cause: 'sweep' }, urgency: 'periodic' },
    ]);
    assert.deepEqual(
      [...read.get('namespaces')!.values()],
      [{ key: 'shop', data: { namespace: 'shop', cause: 'sweep' }, rank: 1 }],
    );
  });

  it('continue the trace of their publish, but only the first ten of a fan-out', () => {
    const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true };
    const messages = Array.from({ length: 25 }, (_, index): Message<'namespace.sync'> => {
      return { data: { namespace: `shop-${index}`, cause: 'fan-out' }, urgency: 'periodic' };
    });
    const read = [...readMessages('namespace.sync', messages, trace).get('namespaces')!.values()];
    assert.deepEqual(
      read.filter((message) => message.trace === trace).map(({ key }) => key),
      messages.slice(0, 10).map(({ data }) => data.namespace),
    );
  });

  it('are refused together when one does not fit', () => {
    const messages = [
      { data: { namespace: '', cause: 'sweep' }, urgency: 'periodic' },
    ] satisfies Message<'namespace.sync'>[];
    assert.throws(() => readMessages('namespace.sync', messages), { code: 'setting-invalid' });
  });

  it('a problem names the field and never its value', () => {
    for (const raw of [
      { namespace: 7_654_321, cause: 'hush' },
      'hush',
      null,
      { namespace: 'hush'.repeat(20), cause: 'sweep' },
    ]) {
      const reading = readData('namespace.sync', raw);
      assert.equal(reading.fits, false);
      if (!reading.fits) assert.doesNotMatch(reading.problem, /hush|7654321/);
    }
  });
});
