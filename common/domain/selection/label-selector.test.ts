import assert from 'node:assert/strict';
import { matchesLabels, type LabelSelector } from './label-selector.ts';

describe('matchesLabels', () => {
  const cases: readonly (readonly [
    name: string,
    selector: LabelSelector,
    labels: Record<string, string>,
    expected: boolean,
  ])[] = [
    ['everything for no requirement', [], {}, true],
    ['a value that is listed', [{ key: 'a', operator: 'in', values: ['x', 'y'] }], { a: 'y' }, true],
    ['no other value', [{ key: 'a', operator: 'in', values: ['x'] }], { a: 'y' }, false],
    ['no absent label for in', [{ key: 'a', operator: 'in', values: [''] }], {}, false],
    ['an absent label for not-in', [{ key: 'a', operator: 'not-in', values: ['x'] }], {}, true],
    ['no listed value for not-in', [{ key: 'a', operator: 'not-in', values: ['x'] }], { a: 'x' }, false],
    ['another value for not-in', [{ key: 'a', operator: 'not-in', values: ['x'] }], { a: 'y' }, true],
    ['an empty label as existing', [{ key: 'a', operator: 'exists' }], { a: '' }, true],
    ['no absent label as existing', [{ key: 'a', operator: 'exists' }], {}, false],
    ['no inherited property as a label', [{ key: 'toString', operator: 'exists' }], {}, false],
    ['an absent label as not existing', [{ key: 'a', operator: 'does-not-exist' }], { b: '' }, true],
    ['no present label as not existing', [{ key: 'a', operator: 'does-not-exist' }], { a: '' }, false],
    [
      'only what meets every requirement',
      [
        { key: 'a', operator: 'exists' },
        { key: 'b', operator: 'exists' },
      ],
      { a: '' },
      false,
    ],
  ];
  for (const [name, selector, labels, expected] of cases) {
    it(`matches ${name}`, () => {
      assert.equal(matchesLabels(selector, labels), expected);
    });
  }
});
