import assert from 'node:assert/strict';

import fc from 'fast-check';
import { formatTraceParent, parseTraceParent, type TraceContext } from './trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

function hex(digits: number): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...Array.from('0123456789abcdef')), { minLength: digits, maxLength: digits })
    .map((each) => each.join(''))
    .filter((text) => /[^0]/.test(text));
}

describe('a traceparent', () => {
  it('is read as it was written, whatever the ids', () => {
    const anyContext: fc.Arbitrary<TraceContext> = fc.record(
      {
        traceId: hex(32),
        spanId: hex(16),
        sampled: fc.boolean(),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(anyContext, (context) => assert.deepEqual(parseTraceParent(formatTraceParent(context)), context)),
    );
  });

  it('reads the example of the specification', () => {
    assert.deepEqual(parseTraceParent(`00-${traceId}-${spanId}-01`), { traceId, spanId, sampled: true });
  });

  it('takes only the lowest flag for "sampled"', () => {
    assert.equal(parseTraceParent(`00-${traceId}-${spanId}-02`)?.sampled, false);
    assert.equal(parseTraceParent(`00-${traceId}-${spanId}-03`)?.sampled, true);
  });

  it('is dropped when one character is another, longer or missing', () => {
    const good = `00-${traceId}-${spanId}-01`;
    const position = fc.integer({ min: 0, max: good.length - 1 });
    const odd = fc.constantFrom('g', 'A', 'F', ' ', '', '-', '\n', '00');
    fc.assert(
      fc.property(position, odd, (at, text) => {
        fc.pre(good[at] !== text);
        assert.equal(parseTraceParent(good.slice(0, at) + text + good.slice(at + 1)), undefined);
      }),
    );
  });

  for (const raw of [
    `01-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-${spanId}-01-more`,
    ` 00-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01\n`,
    '',
    null,
    undefined,
    7,
    [`00-${traceId}-${spanId}-01`],
  ]) {
    it(`is not ${JSON.stringify(raw)}`, () => assert.equal(parseTraceParent(raw), undefined));
  }
});
