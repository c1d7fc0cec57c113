import assert from 'node:assert/strict';
import { parseConfigMap } from '../configuration/config-map-data.ts';
import { typedConfiguration, type TypedConfiguration } from './typed-configuration.ts';

function typed(data: Readonly<Record<string, string>>): TypedConfiguration {
  return typedConfiguration(data, parseConfigMap({ data }).problems, 0);
}

function textOf({ keys }: TypedConfiguration): string {
  return keys.map(({ key, lines }) => [`${key}:`, ...lines.map(({ text }) => text)].join('\n')).join('\n');
}

describe('a ConfigMap as it was typed', () => {
  it('has each problem at its line, with the place that is meant', () => {
    const { keys } = typed({ 'expiring-threshold': 'soon', 'watch-namespace': 'all' });
    const [problem] = keys[0]?.lines[0]?.problems ?? [];
    assert.equal(problem?.severity, 'error');
    assert.deepEqual(problem?.mark, { start: 0, end: 4 });
    assert.deepEqual(keys[1]?.lines[0]?.problems, []);
  });

  for (const [how, text] of Object.entries({
    'in YAML': '- instanceId: cri-a\n  customAccessKeySecret: hush-hush\n',
    'in JSON on one line': '[{"instanceId":"cri-a","customAccessKeySecret":"hush-hush"}]',
    'below its name': '- customAccessKeySecret:\n    hush-hush\n',
    'over several lines': '- customAccessKeySecret: |\n    begin\n    hush-hush\n    end\n  instanceId: cri-a\n',
    'after a slip in the YAML': '- instanceId: [\n  customAccessKeySecret hush-hush\n',
  })) {
    it(`shows no secret ${how}`, () => {
      const text_ = textOf(typed({ 'acr-registry-info': text }));
      assert.ok(!text_.includes('hush'), text_);
      assert.match(text_, /customAccessKeySecret/);
    });
  }

  it('shows what follows a secret of several lines', () => {
    const text = textOf(
      typed({ 'acr-registry-info': '- customAccessKeySecret: |\n    hush\n    hush\n  instanceId: cri-a\n' }),
    );
    assert.match(text, /instanceId: cri-a/);
  });

  it('is small however large the ConfigMap is, and still shows every line with a problem', () => {
    const filler = '- instanceId: cri-a1b2c3d4e5f6g7h8\n  regionId: cn-hangzhou\n'.repeat(900);
    const shown = typed({ 'acr-registry-info': `${filler}- instanceId: cri-a\n  regionID: cn-hangzhou\n` });
    const lines = shown.keys.flatMap((key) => key.lines);
    assert.ok(shown.moreLines > 1000);
    assert.ok(lines.filter(({ problems }) => problems.length === 0).length <= 400);
    assert.ok(JSON.stringify(shown).length < 400_000);
  });

  it('cuts long lines and shows control characters as dots', () => {
    const [line] = typed({ 'notify-email': `a\u0007b${'x'.repeat(500)}` }).keys[0]?.lines ?? [];
    assert.match(line?.text ?? '', /^a·bx+…$/);
    assert.equal(line?.text.length, 200);
  });

  it('a problem of no line that is shown stands apart', () => {
    const shown = typedConfiguration(
      {},
      [
        {
          code: 'unknown-key',
          severity: 'warning',
          key: 'gone',
          line: 1,
          column: 1,
          length: 1,
          message: 'm',
          write: 'w',
          docs: '',
        },
      ],
      0,
    );
    assert.deepEqual(
      shown.problems.map(({ message }) => message),
      ['m'],
    );
  });
});
