import assert from 'node:assert/strict';
import type { LabelSelector } from '../../selection/label-selector.ts';
import { readLabelSelector } from './label-selector-text.ts';
import type { Finding } from '../problems/problem.ts';
import { wholeValue } from './text-value.ts';

describe('readLabelSelector', () => {
  const read = (text: string): { selector: LabelSelector | undefined; findings: Finding[] } => {
    const findings: Finding[] = [];
    return { selector: readLabelSelector(wholeValue(text), (finding) => findings.push(finding)), findings };
  };

  const good: readonly (readonly [string, LabelSelector])[] = [
    ['a=b', [{ key: 'a', operator: 'in', values: ['b'] }]],
    ['a == b', [{ key: 'a', operator: 'in', values: ['b'] }]],
    ['a!=b', [{ key: 'a', operator: 'not-in', values: ['b'] }]],
    ['a=', [{ key: 'a', operator: 'in', values: [''] }]],
    ['a', [{ key: 'a', operator: 'exists' }]],
    ['!a', [{ key: 'a', operator: 'does-not-exist' }]],
    ['! a', [{ key: 'a', operator: 'does-not-exist' }]],
    ['a in (x, y)', [{ key: 'a', operator: 'in', values: ['x', 'y'] }]],
    ['a in(x)', [{ key: 'a', operator: 'in', values: ['x'] }]],
    ['a notin (x,y)', [{ key: 'a', operator: 'not-in', values: ['x', 'y'] }]],
    ['example.com/a-b_c.d=E', [{ key: 'example.com/a-b_c.d', operator: 'in', values: ['E'] }]],
    [
      'a=b,c!=d,e in (x,y),!f,g',
      [
        { key: 'a', operator: 'in', values: ['b'] },
        { key: 'c', operator: 'not-in', values: ['d'] },
        { key: 'e', operator: 'in', values: ['x', 'y'] },
        { key: 'f', operator: 'does-not-exist' },
        { key: 'g', operator: 'exists' },
      ],
    ],
  ];
  for (const [text, expected] of good) {
    it(`reads "${text}" as kubectl does`, () => {
      assert.deepEqual(read(text), { selector: expected, findings: [] });
    });
  }

  const bad: readonly (readonly [string, RegExp])[] = [
    ['a=b,', /a requirement is empty/],
    ['a in x', /is not a requirement/],
    ['a in ()', /the set after "in" is empty/],
    ['a IN (x)', /is written in lower case/],
    ['a>3', /compares numbers/],
    ['matchLabels: {a: b}', /looks like YAML/],
    ['a in (x', /parenthesis/],
    ['-a=b', /"-a" is not a label key/],
    ['a/b/c', /"a\/b\/c" is not a label key/],
    ['A.com/b', /is not a label key/],
    ['a=b c', /is not a requirement/],
    ['a=-b', /"-b" is not a label value/],
    [`a=${'x'.repeat(64)}`, /is not a label value/],
    ['x'.repeat(64), /is not a label key/],
    ['a in (x,-y)', /"-y" is not a label value/],
    ['!', /is not a requirement|is not a label key/],
  ];
  for (const [text, message] of bad) {
    it(`refuses "${text.slice(0, 30)}" and says why`, () => {
      const { selector, findings } = read(text);
      assert.equal(selector, undefined);
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['selector-format'],
      );
      assert.match(findings[0]?.message ?? '', message);
    });
  }

  it('reports every wrong requirement at its place', () => {
    const { findings } = read('a=b, c>1, -d');
    assert.deepEqual(
      findings.map(({ span }) => span),
      [
        { start: 5, end: 8 },
        { start: 10, end: 12 },
      ],
    );
  });

  it('takes 1,000 requirements and no more', () => {
    const names = Array.from({ length: 1001 }, (_, at) => `a${at}`);
    assert.equal(read(names.slice(1).join(',')).selector?.length, 1000);
    assert.deepEqual(
      read(names.join(',')).findings.map(({ code }) => code),
      ['too-many-items'],
    );
  });
});
