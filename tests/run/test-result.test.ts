import assert from 'node:assert/strict';

import { parseArguments } from './arguments.ts';
import { judge, summaryLine, type TestCounts } from './test-result.ts';
import { tierOf, tiers } from './tiers.ts';

const counts = (some: Partial<TestCounts>): TestCounts => ({ passed: 0, pending: 0, failures: [], ...some });

describe('the judgement of a mocha process', () => {
  it('passes when every test passed', () => {
    const end = { kind: 'finished', exitCode: 0, counts: counts({ passed: 3 }) } as const;
    assert.deepEqual(judge('unit', end, false), { name: 'unit', passed: 3, problems: [] });
  });

  it('fails when no test was run', () => {
    const end = { kind: 'finished', exitCode: 0, counts: counts({}) } as const;
    assert.deepEqual(judge('unit', end, false).problems, ['no test was run']);
  });

  it('passes without a test when the user chose the tests', () => {
    const end = { kind: 'finished', exitCode: 0, counts: counts({}) } as const;
    assert.deepEqual(judge('unit', end, true).problems, []);
  });

  it('fails when a test was skipped', () => {
    const end = { kind: 'finished', exitCode: 0, counts: counts({ passed: 3, pending: 1 }) } as const;
    assert.equal(judge('unit', end, false).problems.length, 1);
  });

  it('fails once for every failed test', () => {
    const end = { kind: 'finished', exitCode: 2, counts: counts({ passed: 3, failures: ['a', 'b'] }) } as const;
    assert.deepEqual(judge('unit', end, false).problems, ['a', 'b']);
  });

  it('fails when mocha reports an error although no test failed', () => {
    const end = { kind: 'finished', exitCode: 7, counts: counts({ passed: 3 }) } as const;
    assert.equal(judge('unit', end, false).problems.length, 1);
  });

  it('fails when mocha crashed', () => {
    assert.equal(judge('unit', { kind: 'crashed', exitCode: 134 }, true).problems.length, 1);
  });

  it('fails when the process hung', () => {
    assert.equal(judge('unit', { kind: 'timed-out', seconds: 300 }, true).problems.length, 1);
  });

  it('fails when the process stayed open after its last test, and still counts what passed', () => {
    const result = judge('unit', { kind: 'stayed-open', counts: counts({ passed: 3 }) }, false);
    assert.equal(result.passed, 3);
    assert.equal(result.problems.length, 1);
  });
});

describe('the last line of a test run', () => {
  it('adds up all processes', () => {
    const line = summaryLine([
      { name: 'unit', passed: 3, problems: [] },
      { name: 'journeys', passed: 1, problems: ['x', 'y'] },
    ]);
    assert.equal(line, '4 passed, 2 failed');
  });
});

describe('the tier of a test file', () => {
  it('is unit beside the sources', () => {
    assert.equal(tierOf('common/domain/namespaces/plan-namespace.test.ts'), 'unit');
  });

  it('is that of the longest folder under tests', () => {
    assert.deepEqual(
      ['tests/contracts/bus.test.ts', 'tests/real-parts/redis.test.ts', 'tests/run/test-result.test.ts'].map(tierOf),
      ['contracts', 'journeys', 'unit'],
    );
  });
});

describe('the arguments of npm test', () => {
  it('choose every tier when none is named', () => {
    assert.deepEqual(parseArguments([]), { tiers, files: [], mochaArguments: [] });
  });

  it('choose a tier by its name and leave options to mocha', () => {
    const selection = parseArguments(['unit', '--grep', 'contracts']);
    assert.deepEqual(
      selection.tiers.map((tier) => tier.name),
      ['unit'],
    );
    assert.deepEqual(selection.mochaArguments, ['--grep', 'contracts']);
  });

  it('refuse a word that is neither a tier nor a test file', () => {
    assert.throws(() => parseArguments(['units']), /"units" is no tier/);
  });
});
