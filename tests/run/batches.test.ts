import assert from 'node:assert/strict';

import { repositoryRoot } from '../real-parts/repository-root.ts';
import { batchesOf, begunFirst } from './batches.ts';
import { testFiles, tiers } from './tiers.ts';

describe('the batches of a test run', () => {
  it('hold every test file once', () => {
    const files = batchesOf(repositoryRoot(), tiers, []).flatMap((batch) => batch.files);
    const all = tiers.flatMap((tier) => testFiles(repositoryRoot(), tier));
    assert.deepEqual(files.toSorted(), all.toSorted());
  });

  it('begin with the files that take minutes, each of which exists', () => {
    const withServers = tiers.filter(({ processes }) => processes === 'one-per-file');
    const names = batchesOf(repositoryRoot(), withServers, []).map(({ name }) => name);
    assert.deepEqual(new Set(names.slice(0, begunFirst.length)), new Set(begunFirst));
  });

  it('are limited to the files that were chosen', () => {
    const batches = batchesOf(repositoryRoot(), tiers, ['tests/run/batches.test.ts', 'tests/journeys/pull.test.ts']);
    assert.deepEqual(
      batches.map(({ files, parts }) => [files, [...parts].toSorted()]),
      [
        [['tests/run/batches.test.ts'], []],
        [['tests/journeys/pull.test.ts'], ['control-plane', 'crane', 'registry']],
      ],
    );
  });
});
