import assert from 'node:assert/strict';

import { createDeletionMemory } from './deletion-memory.ts';

describe('deletion memory', () => {
  it('keeps the newest version of a key', () => {
    const deletions = createDeletionMemory();
    for (const version of ['99', '101', '100']) deletions.add('a', version);
    assert.equal(deletions.versionOf('a'), '101');
    assert.equal(deletions.versionOf('b'), undefined);
  });

  it('forgets the deletion that is longest ago when there are too many', () => {
    const deletions = createDeletionMemory(2);
    deletions.add('a', '1');
    deletions.add('b', '2');
    deletions.add('a', '3');
    deletions.add('c', '4');
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => deletions.versionOf(key)),
      ['3', undefined, '4'],
    );
  });
});
