import assert from 'node:assert/strict';
import { History } from './history.ts';
import { coreKind } from './kinds.ts';

const kind = coreKind('secrets');
const add = (history: History, ...versions: readonly number[]): void => {
  for (const version of versions) history.add({ version, kind, before: undefined, after: undefined });
};
const versionsAfter = (history: History, version: number): readonly number[] =>
  history.after(version).map((change) => change.version);

describe('History', () => {
  it('gives the changes after a version, oldest first', () => {
    const history = new History(10);
    add(history, 3, 5, 9);
    assert.deepEqual(
      [versionsAfter(history, 0), versionsAfter(history, 4), versionsAfter(history, 9)],
      [[3, 5, 9], [5, 9], []],
    );
  });

  it('never keeps more than its limit, and knows what it forgot', () => {
    const history = new History(3);
    add(history, 1, 2, 3, 4, 5, 6, 7);
    assert.deepEqual(versionsAfter(history, history.forgottenUpTo), [5, 6, 7]);
    assert.equal(history.forgottenUpTo, 4);
  });

  it('forgets up to a version on demand, also beyond its newest change', () => {
    const history = new History(10);
    add(history, 1, 2, 3);
    history.compact(2);
    assert.deepEqual([history.forgottenUpTo, versionsAfter(history, 2)], [2, [3]]);
    history.compact(8);
    assert.deepEqual([history.forgottenUpTo, history.changedSince(0)], [8, false]);
  });

  it('tells whether anything changed since a version', () => {
    const history = new History(10);
    add(history, 4);
    assert.deepEqual([history.changedSince(3), history.changedSince(4)], [true, false]);
  });
});
