import assert from 'node:assert/strict';
import { splitCommaList } from './comma-list.ts';
import { readNameList } from './name-list.ts';
import type { Finding } from '../problems/problem.ts';
import { wholeValue } from './text-value.ts';

describe('splitCommaList', () => {
  const cases: readonly (readonly [text: string, items: readonly string[], findings: readonly string[]])[] = [
    ['a', ['a@0'], []],
    ['a,b', ['a@0', 'b@2'], []],
    [' a , b ', ['a@1', 'b@5'], []],
    ['a,\n  b', ['a@0', 'b@5'], []],
    ['', [], []],
    ['a,', ['a@0'], ['empty-item@1']],
    [',a', ['a@1'], ['empty-item@0']],
    ['a,,b', ['a@0', 'b@3'], ['empty-item@2']],
    ['a;b', ['a@0', 'b@2'], ['separator@1']],
    ['a，b、c；d', ['a@0', 'b@2', 'c@4', 'd@6'], ['separator@1']],
    ['a\nb', ['a@0', 'b@2'], ['separator@2']],
    ['a\n\nb\n', ['a@0', 'b@3'], ['separator@3']],
    ['"a","b"', ['a@1', 'b@5'], ['quoted-item@0']],
    ['“a”', ['a@1'], ['quoted-item@0']],
    ['""', [], ['quoted-item@0', 'empty-item@0']],
    ['[a, b]', ['a@1', 'b@4'], ['list-form@0']],
    ['["a"]', ['a@2'], ['quoted-item@1', 'list-form@0']],
    ['- a\n- b', ['a@2', 'b@6'], ['list-form@0']],
    ['a # x, y', ['a@0'], ['comment-style@2']],
    ['a // x\nb', ['a@0', 'b@7'], ['separator@7', 'comment-style@2']],
    ['a#b', ['a#b@0'], []],
    ['a b', ['a b@0'], []],
  ];
  for (const [text, items, codes] of cases) {
    it(`splits ${JSON.stringify(text)}`, () => {
      const findings: Finding[] = [];
      const split = splitCommaList(wholeValue(text), (finding) => findings.push(finding));
      assert.deepEqual(
        {
          items: split.map((item) => `${item.text}@${item.origin(0)}`),
          codes: findings.map(({ code, span }) => `${code}@${span.start}`).toSorted(),
        },
        { items, codes: codes.toSorted() },
      );
    });
  }
});

describe('readNameList', () => {
  const cases: readonly (readonly [
    text: string,
    kind: 'namespace' | 'service account',
    patterns: string | undefined,
    codes: readonly string[],
  ])[] = [
    ['default', 'namespace', 'default', []],
    ['all', 'namespace', '*', []],
    ['*', 'namespace', '*', []],
    ['**', 'namespace', '*', []],
    ['all,!kube-*', 'namespace', '* !kube-*', []],
    ['*', 'service account', '*', []],
    ['all', 'service account', 'all', ['all-is-a-name']],
    ['a.b', 'service account', 'a.b', []],
    ['a.b', 'namespace', undefined, ['name-format']],
    ['!kube-*', 'namespace', '* !kube-*', ['only-exclusions']],
    ['! x,y', 'namespace', 'y !x', []],
    ['！x,y', 'namespace', 'y !x', []],
    ['a,a', 'namespace', 'a', ['duplicate-item']],
    ['a,!a', 'namespace', 'a !a', ['never-selected']],
    ['a*,!ab', 'namespace', 'a* !ab', []],
    ['a,!*', 'namespace', undefined, ['excludes-everything']],
    ['a,!all', 'namespace', undefined, ['excludes-everything']],
    ['A', 'namespace', undefined, ['name-format']],
    ['a b', 'namespace', undefined, ['name-format']],
    ['a_b', 'namespace', undefined, ['name-format']],
    ['-a', 'namespace', undefined, ['name-format']],
    ['a-', 'namespace', undefined, ['name-format']],
    ['!', 'namespace', undefined, ['name-format']],
    [',', 'namespace', undefined, ['empty-item']],
    ['x'.repeat(63), 'namespace', 'x'.repeat(63), []],
    ['x'.repeat(64), 'namespace', undefined, ['name-format']],
    ['x'.repeat(253), 'service account', 'x'.repeat(253), []],
    ['x'.repeat(254), 'service account', undefined, ['name-format']],
  ];
  for (const [text, kind, expected, codes] of cases) {
    it(`reads "${text.slice(0, 30)}" (${text.length}) as names of a ${kind}`, () => {
      const findings: Finding[] = [];
      const patterns = readNameList(wholeValue(text), kind, (finding) => findings.push(finding));
      const shown = patterns && [...patterns.include, ...patterns.exclude.map((name) => `!${name}`)].join(' ');
      assert.deepEqual([shown, findings.map(({ code }) => code)], [expected, codes]);
    });
  }
});
