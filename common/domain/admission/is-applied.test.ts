import assert from 'node:assert/strict';
import { isApplied } from './is-applied.ts';

describe('isApplied', () => {
  it('does not mind what the API server adds', () => {
    assert.ok(
      isApplied({ spec: { a: 1, list: [{ x: 1 }] } }, { metadata: {}, spec: { a: 1, b: 2, list: [{ x: 1, y: 2 }] } }),
    );
    assert.ok(isApplied({ selector: {} }, {}));
  });

  it('notices what somebody changed, took away or added to a list', () => {
    assert.ok(!isApplied({ a: 1 }, { a: 2 }));
    assert.ok(!isApplied({ a: { b: 1 } }, {}));
    assert.ok(!isApplied({ a: 1 }, null));
    assert.ok(!isApplied([1], [1, 2]));
    assert.ok(!isApplied([], undefined));
  });
});
