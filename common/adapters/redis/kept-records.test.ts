import assert from 'node:assert/strict';
import { createKeptRecords } from './kept-records.ts';

const a = { sourceId: 'a', requestedAt: 1 };
const b = { sourceId: 'b', requestedAt: 2 };

describe('createKeptRecords', () => {
  it('answers for sources that were read at this version, one by one, and for those that have no record', () => {
    const kept = createKeptRecords();
    kept.keep('v1', ['a', 'none'], new Map([['a', a]]));
    kept.keep('v1', ['b'], new Map([['b', b]]));
    assert.deepEqual([...(kept.of('v1', ['a', 'b', 'none'])?.values() ?? [])], [a, b]);
  });

  it('does not answer when one of the sources was not read', () => {
    const kept = createKeptRecords();
    kept.keep('v1', ['a'], new Map([['a', a]]));
    assert.equal(kept.of('v1', ['a', 'b']), undefined);
  });

  it('forgets what was read at another version', () => {
    const kept = createKeptRecords();
    kept.keep('v1', ['a'], new Map([['a', a]]));
    kept.keep('v2', ['b'], new Map([['b', b]]));
    assert.equal(kept.of('v1', ['a']), undefined);
    assert.equal(kept.of('v2', ['a']), undefined);
    assert.deepEqual([...(kept.of('v2', ['b'])?.keys() ?? [])], ['b']);
  });

  it('keeps nothing while there is no version', () => {
    const kept = createKeptRecords();
    kept.keep(null, ['a'], new Map([['a', a]]));
    assert.equal(kept.of(null, ['a']), undefined);
  });

  it('does not grow without end', () => {
    const kept = createKeptRecords();
    for (let count = 0; count < 5000; count++) kept.keep('v1', [`source-${count}`], new Map());
    assert.equal(kept.of('v1', ['source-0']), undefined);
    assert.equal(kept.of('v1', ['source-4999'])?.size, 0);
  });
});
