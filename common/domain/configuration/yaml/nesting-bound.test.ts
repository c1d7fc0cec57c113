import assert from 'node:assert/strict';
import { tooDeepAt } from './nesting-bound.ts';

describe('tooDeepAt', () => {
  const fine: Readonly<Record<string, string>> = {
    'an empty text': '',
    'brackets that are closed again': '[{}]\n'.repeat(1000),
    '100 open brackets': '['.repeat(100),
    'comment lines full of brackets': `# ${'['.repeat(500)}\n`.repeat(3),
    'many lines at one indentation': '- a: b\n  c: d\n'.repeat(1000),
    'many fields in brackets with commas': `[${'a: b, '.repeat(500)}`,
    'a long line of JSON with spaces': JSON.stringify(
      Array.from({ length: 500 }, () => ({ a: '[', b: "it's {" })),
      undefined,
      1,
    ).replaceAll(/\n */g, ' '),
    'JSON behind a name': `a: ${'[{"b": "c"}, '.repeat(1)}${'{"b": "c"}, '.repeat(500)}{}]\nd: e\n`,
    'brackets in comments of JSON': `[\n${'# [[[\n'.repeat(200)}]`,
    'quotes in tags and anchors': `[${'&a "[", !b "{", '.repeat(300)}]`,
    'an apostrophe inside a word': `[${"it's, ".repeat(300)}]`,
    'colons inside words': `${'a:b'.repeat(500)}\n`,
    'dashes inside words': `[${'a-b'.repeat(500)}`,
    'blank lines between levels': 'a:\n\n  b:\n\n    c: d\n'.repeat(200),
    '99 levels by indentation': Array.from({ length: 99 }, (_, at) => `${' '.repeat(at)}a`).join('\n'),
  };
  for (const [name, text] of Object.entries(fine)) {
    it(`takes ${name}`, () => {
      assert.equal(tooDeepAt(text), undefined);
    });
  }

  const deep: readonly (readonly [name: string, text: string, at: number])[] = [
    ['101 open brackets', '['.repeat(101), 100],
    ['101 open braces over lines', '{\n'.repeat(101), 200],
    ['brackets behind a quote inside of a word', `[a "${'['.repeat(101)}"`, 103],
    ['colons behind brackets in quotes', `- "[": ${'a: b, '.repeat(101)}`, 0],
    ['colons behind brackets that are closed', `- ["["]\n- ${'a: b, '.repeat(101)}`, 8],
    ['101 quoted names without commas', `[${'"a":"b"'.repeat(101)}`, 704],
    ['101 colons in brackets without a comma', `[${'a: '.repeat(101)}`, 302],
    ['101 question marks in brackets', `[${'? '.repeat(101)}`, 201],
    ['101 levels by indentation', Array.from({ length: 101 }, (_, at) => `${' '.repeat(at)}a`).join('\n'), 5150 + 100],
    ['100 dashes on a line', '- '.repeat(100), 0],
    [
      '50 levels with a dash each, and one more',
      Array.from({ length: 51 }, (_, at) => `${' '.repeat(at)}- a`).join('\n'),
      1475,
    ],
    ['levels by tabs', Array.from({ length: 101 }, (_, at) => `${'\t'.repeat(at)}a`).join('\r\n'), 5350],
  ];
  for (const [name, text, at] of deep) {
    it(`refuses ${name} at its place`, () => {
      assert.equal(tooDeepAt(text), at);
    });
  }
});
