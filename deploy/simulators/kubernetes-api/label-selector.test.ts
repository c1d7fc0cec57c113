import assert from 'node:assert/strict';
import { parseLabelSelector } from './label-selector.ts';
import { StatusError } from './status-errors.ts';

const selected: readonly (readonly [selector: string, labels: Readonly<Record<string, string>>, expected: boolean])[] =
  [
    ['', {}, true],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['a=', { a: '' }, true],
    ['a!=b', {}, true],
    ['a notin (b, c)', { a: 'c' }, false],
    ['a in (b,c)', {}, false],
    [' a = b , c == d ', { a: 'b', c: 'd' }, true],
    ['example.com/a in (x)', { 'example.com/a': 'x' }, true],
    ['a>5', { a: '10' }, true],
    ['a<5', { a: 'ten' }, false],
    ['in=out', { in: 'out' }, true],
  ];

describe('parseLabelSelector', () => {
  for (const [selector, labels, expected] of selected) {
    it(`${expected ? 'selects' : 'does not select'} ${JSON.stringify(labels)} by "${selector}"`, () => {
      assert.equal(parseLabelSelector(selector)(labels), expected);
    });
  }

  for (const selector of ['a in b', 'a=b,', ',a', 'a in (b', 'a>x', 'a b', '!', '=b']) {
    it(`refuses "${selector}"`, () => {
      assert.throws(() => parseLabelSelector(selector), StatusError);
    });
  }
});
