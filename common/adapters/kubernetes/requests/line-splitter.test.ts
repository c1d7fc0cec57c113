import assert from 'node:assert/strict';

import * as fc from 'fast-check';

import { createLineSplitter, LineTooLong } from './line-splitter.ts';

describe('the line splitter', () => {
  it('gives the same lines wherever the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\n', ' '));
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), cuts, (lines, positions) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const bounds = [0, ...positions.map((position) => position % (bytes.length + 1)), bytes.length];
        const sorted = bounds.toSorted((a, b) => a - b);
        const splitter = createLineSplitter(1_000_000);
        const found = sorted.slice(1).flatMap((end, index) => splitter.push(bytes.subarray(sorted[index], end)));
        assert.deepEqual(
          found,
          lines.filter((text) => text !== ''),
        );
      }),
    );
  });

  it('gives several lines of one chunk together', () => {
    assert.deepEqual(createLineSplitter(100).push(Buffer.from('one\ntwo\nthr')), ['one', 'two']);
  });

  it('keeps back a line without an end', () => {
    const splitter = createLineSplitter(100);
    assert.deepEqual(splitter.push(Buffer.from('unfinished')), []);
    assert.deepEqual(splitter.push(Buffer.from('\n')), ['unfinished']);
  });

  it('refuses a line that is longer than the bound, also before its end has come', () => {
    const splitter = createLineSplitter(8);
    splitter.push(Buffer.from('12345'));
    assert.throws(() => splitter.push(Buffer.from('6789')), LineTooLong);
  });

  it('takes a line of exactly the bound', () => {
    assert.deepEqual(createLineSplitter(3).push(Buffer.from('abc\n')), ['abc']);
  });
});
