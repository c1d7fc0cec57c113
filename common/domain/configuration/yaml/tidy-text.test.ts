import assert from 'node:assert/strict';
import { applyEdits } from './edited-text.ts';
import { tidyText } from './tidy-text.ts';

const fields = new Set(['id', 'region', 'domains', 'namespaces']);

describe('tidyText', () => {
  /** The text that the parser gets, and each finding as the code and the words it marks. */
  const tidy = (text: string): { readonly text: string; readonly findings: readonly string[] } => {
    const tidied = tidyText(text, (name) => fields.has(name));
    const findings = [...tidied.findings, ...(tidied.refused === undefined ? [] : [tidied.refused])];
    return {
      text: applyEdits(text, tidied.edits).text,
      findings: findings.map(({ code, span }) => `${code} <${text.slice(span.start, span.end)}>`),
    };
  };

  const untouched: readonly string[] = [
    '- id: "a"\n  region: b # c\n',
    '# "a","b" // c：\n- id: a\n',
    '- id: a//b\n',
    '- id: http://x/y\n',
    '- domains: [a, "b"] # c\n',
    '[{"id":"a","domains":["b","c"]},\n {"id":"d"}]\n',
    "- id: 'it''s'\n",
    '- id: "say \\"x\\" // y"\n',
    '- id: |\n    "a","b" // c\n    id:x\n  region: b\n',
    '- id: >-\n    a // b\n',
    '- id: "a\n    b"\n  region: c\n',
    '- acs:ram::1:role/x\n- host:5000\n',
    '- "id": a\n',
    '- id: &x a\n- id: *x\n',
    '- a b c\n',
    '---\n- id: a\n...\n',
    '- id: a#b\n',
    '- x-y.z: a\n',
    '- other "x" y\n',
    '- [a // b]\n'.replace(' // ', ' - '),
    '- domains: [a b, c]\n',
    '- id: a == b\n',
    '  \n\n',
  ];
  for (const text of untouched) {
    it(`leaves ${JSON.stringify(text)} as it is`, () => {
      assert.deepEqual(tidy(text), { text, findings: [] });
    });
  }

  const mended: readonly (readonly [text: string, tidied: string, findings: readonly string[]])[] = [
    ['- id:"a"', '- id: "a"', ['missing-space <id:>']],
    ['- id:a', '- id: a', ['missing-space <id:>']],
    ['- "id":"a"', '- "id": "a"', ['missing-space <"id":>']],
    ['- other:"a"', '- other: "a"', ['missing-space <other:>']],
    ['- other:a', '- other:a', []],
    ['- id:5', '- id:5', []],
    ['-id: a', '- id: a', ['missing-space <->']],
    ['-5: a', '-5: a', []],
    ['– id: a', '- id: a', ['full-width-character <–>']],
    ['•id: a', '- id: a', ['full-width-character <•>']],
    ['- id = a', '- id : a', ['equals-sign <id =>']],
    ['- id=a', '- id: a', ['equals-sign <id=>']],
    ['- other = a', '- other = a', []],
    ['- other="a"', '- other: "a"', ['equals-sign <other=>']],
    ['- id：a', '- id: a', ['full-width-character <：>']],
    ['- id： a', '- id: a', ['full-width-character <：>']],
    ['- “id”: a', '- "id": a', ['full-width-character <“>', 'full-width-character <”>']],
    ['- id: “a”', '- id: "a"', ['full-width-character <“>']],
    ['- id: ‘a’', "- id: 'a'", ['full-width-character <‘>']],
    ['- id: "a”', '- id: "a"', ['full-width-character <”>']],
    ['- id: "a，b"', '- id: "a,b"', ['full-width-character <，>']],
    ['- id: a：b', '- id: a:b', ['full-width-character <：>']],
    ['- id: a ＃ b', '- id: a # b', ['full-width-character <＃>']],
    ['- id: a // b', '- id: a # b', ['comment-style <//>']],
    ['// a\n- id: b', '# a\n- id: b', ['comment-style <//>']],
    ['- id: "a"//b', '- id: "a" #b', ['comment-style <//>']],
    ['- id: "a"#b', '- id: "a" #b', ['comment-style <#>']],
    ['- id: [a]#b', '- id: [a] #b', ['comment-style <#>']],
    ['- id: "a",', '- id: "a" ', ['trailing-comma <,>']],
    ['- id: "a" ， # b', '- id: "a"   # b', ['trailing-comma <，>']],
    ['- id: [a],', '- id: [a] ', ['trailing-comma <,>']],
    ['- domains: "a","b"', '- domains: ["a", "b"]', ['unbracketed-list <"a","b">']],
    ['- domains: "a" , b  # c', '- domains: ["a", b]  # c', ['unbracketed-list <"a" , b>']],
    ['- domains: "a","b",', '- domains: ["a", "b"]', ['unbracketed-list <"a","b">']],
    ['- domains: "a",\n  "b"\n  id: c', '- domains: ["a", "b"]\n  id: c', ['unbracketed-list <"a",\n  "b">']],
    ['- domains: "a",\n  "id": c', '- domains: "a" \n  "id": c', ['trailing-comma <,>']],
    ['- domains: "a","b" // c', '- domains: ["a", "b"] # c', ['unbracketed-list <"a","b">', 'comment-style <//>']],
    ['- "a","b"', '- ["a", "b"]', ['unbracketed-list <"a","b">']],
    ['\t- id: a', '  - id: a', ['tab <\t>']],
    ['-\tid: a', '-\tid: a', []],
    ['- id:\u00A0a', '- id: a', ['invisible-character <\u00A0>']],
    ['\u3000id: a', '  id: a', ['invisible-character <\u3000>']],
    ['- id: a\u200Bb', '- id: ab', ['invisible-character <\u200B>']],
    ['\uFEFF- id: a', '- id: a', ['byte-order-mark <\uFEFF>']],
    ['- id: a\r\n  region: b', '- id: a\r\n  region: b', ['line-ending <\r>']],
    ['- {id:"a"}', '- {id: "a"}', ['missing-space <id:>']],
    ['- {id:a,region:b}', '- {id: a,region: b}', ['missing-space <id:>', 'missing-space <region:>']],
    ['- {other:a}', '- {other:a}', []],
    ['- {other:"a"}', '- {other: "a"}', ['missing-space <other:>']],
    ['- {id = "a"}', '- {id :  "a"}', ['equals-sign <id =>']],
    ['- {id：a}', '- {id: a}', ['full-width-character <：>']],
    ['- ｛id: a｝', '- {id: a}', ['full-width-character <｛>', 'full-width-character <｝>']],
    ['- [a，b]', '- [a,b]', ['full-width-character <，>']],
    ['- id: "a" b', '- id: "a" ', ['yaml-syntax <b>']],
    ['- id: "a" b # c', '- id: "a"  # c', ['yaml-syntax <b>']],
    ['- id a', '- id: a', ['missing-colon <id>']],
    ['- id: - a', '- id: a', ['yaml-syntax <->']],
    ['- id: a, region: b', '- id: a\n  region: b', ['yaml-syntax <region>']],
    ['- id: a region: b', '- id: a\n  region: b', ['yaml-syntax <region>']],
    ['- id: "a", region: "b"', '- id: "a"\n  region: "b"', ['yaml-syntax <region>']],
    ['- id: a other: b', '- id: a other: b', []],
    ['- {"id":"a" "region":"b"}', '- {"id":"a", "region":"b"}', ['yaml-syntax <">']],
    ['[{"id":"a"} {"id":"b"}]', '[{"id":"a"}, {"id":"b"}]', ['yaml-syntax <{>']],
    ['- id: "a', '- id: "a"', ['unclosed-quote <">']],
    ["- id: 'a\n  region: 'b'", "- id: 'a'\n  region: 'b'", ["unclosed-quote <'>"]],
    ['- id: "a\n  region: "b"', '- id: "a"\n  region: "b"', ['unclosed-quote <">']],
    ['- id: "a\\', '- id: "a\\\\"', ['unclosed-quote <">']],
    ['- domains: ["a"\n  id: b', '- domains: ["a"\n        ]\n  id: b', ['unclosed-bracket <[>']],
    ['[{id: a}', '[{id: a}\n        ]', ['unclosed-bracket <[>']],
    ['[{id: a', '[{id: a\n        }]', ['unclosed-bracket <[>']],
    ['- [a}', '- [a}', ['unclosed-bracket <}>']],
    ['- ]', '- ]', ['unclosed-bracket <]>']],
  ];
  for (const [text, tidied, findings] of mended) {
    it(`${findings.length === 0 ? 'leaves' : 'mends'} ${JSON.stringify(text)}`, () => {
      assert.deepEqual(tidy(text), { text: tidied, findings });
    });
  }

  it('knows how each line is built', () => {
    const { lines } = tidyText('- id: a\n\n  # note\n  domains:\n    - b\n-\n  region: [c,\n    d]\n', (name) =>
      fields.has(name),
    );
    assert.deepEqual(
      lines.map(({ kind, name, column, dashes, empty }) => [kind, name, column, dashes, empty]),
      [
        ['field', 'id', 0, 1, false],
        ['field', 'domains', 2, 0, true],
        ['text', undefined, 4, 1, false],
        ['dash', undefined, 0, 1, true],
        ['field', 'region', 2, 0, false],
        ['continuation', undefined, 4, 0, false],
      ],
    );
  });
});
