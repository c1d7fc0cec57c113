import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMap, isScalar, parseDocument, stringify, type Scalar } from 'yaml';
import { originOfScalar, type ScalarStyle } from './scalar-origin.ts';

describe('originOfScalar', () => {
  const places = (source: string): readonly string[] => {
    const document = parseDocument(source);
    assert.ok(isMap(document.contents));
    const scalar = document.contents.items[0]?.value;
    assert.ok(isScalar(scalar));
    const value = String(scalar.value);
    const [start, end] = scalar.range ?? [0, 0];
    const origin = originOfScalar(source, { start, end }, styleOf(scalar), value);
    return value.split('').map((_, at) => source[origin(at)] ?? '');
  };

  const same: readonly (readonly [string, string, string])[] = [
    ['plain text', 'a: hello world\n', 'hello world'],
    ['plain text over lines', 'a: hello\n  world\n', 'hello\nworld'],
    ['double quotes', 'a: "hello"\n', 'hello'],
    ['an escape', 'a: "x\\ty"\n', 'x\\y'],
    ['a hexadecimal escape', 'a: "x\\x41y\\u0042z\\U00000043w"\n', 'x\\y\\z\\w'],
    ['an escaped line break in double quotes', 'a: "he\\\n  llo"\n', 'hello'],
    ['double quotes over lines', 'a: "he  \n   llo"\n', 'he llo'],
    ['single quotes', "a: 'it''s so'\n", "it's so"],
    ['a block text', 'a: |\n   one\n     two\n\n   three\n', 'one\n  two\n\nthree\n'],
    ['a block text with a number', 'a: |2\n   one\n  two\n', ' one\ntwo\n'],
    ['a block text with CR LF', 'a: |\r\n  one\r\n  two\r\n', 'one\rtwo\r'],
    ['a folded text', 'a: >\n  one\n  two\n\n  three\n', 'one\ntwo\nthree\n'],
  ];
  for (const [name, source, expected] of same) {
    it(`finds each character of ${name}`, () => {
      assert.equal(places(source).join(''), expected);
    });
  }

  it('finds the end of a value', () => {
    const origin = originOfScalar('a: "xy"', { start: 3, end: 7 }, 'QUOTE_DOUBLE', 'xy');
    assert.equal(origin(2), 6);
  });

  it('finds every visible character of every style that the yaml package writes', () => {
    const styles = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_LITERAL'] as const;
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '\n', "'", '"', '\\', '-', ':', '#'),
      maxLength: 40,
    });
    fc.assert(
      fc.property(text, fc.constantFrom(...styles), (value, style) => {
        const source = stringify({ a: value }, { defaultStringType: style, lineWidth: 0 });
        const found = places(source);
        for (const [at, character] of value.split('').entries()) {
          if (/[ab#:-]/.test(character)) assert.equal(found[at], character, JSON.stringify(source));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function styleOf(scalar: Scalar): ScalarStyle {
  return scalar.type ?? 'PLAIN';
}
