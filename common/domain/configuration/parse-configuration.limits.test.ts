import assert from 'node:assert/strict';
import { parseConfiguration } from './parse-configuration.ts';

const mebibyte = 1024 * 1024;

describe('parseConfiguration at its limits', function () {
  this.timeout(60_000);

  const codesOf = (data: Record<string, string>): readonly string[] =>
    parseConfiguration(data).problems.map(({ code }) => code);

  it('names the limit when there are 10,000 entries', () => {
    const text = Array.from({ length: 10_000 }, (_, at) => `- instanceId: cri-a${at}`).join('\n');
    const [problem] = parseConfiguration({ 'acr-registry-info': text }).problems;
    assert.equal(problem?.code, 'too-many-entries');
    assert.match(problem.message, /10000 entries, and 1000 are the limit/);
    assert.equal(problem.entry, 1000);
  });

  it('takes 1,000 entries', () => {
    const text = Array.from({ length: 1000 }, (_, at) => `- instanceId: cri-a${at}`).join('\n');
    assert.equal(parseConfiguration({ 'acr-registry-info': text }).configuration?.registries.length, 1000);
  });

  it('takes 1,000 entries of JSON with every field', () => {
    const entries = Array.from({ length: 1000 }, (_, at) => ({
      instanceId: `cri-a${at}`,
      regionId: 'cn-hangzhou',
      domains: 'a.example.com,b.example.com',
      assumeRoleARN: 'acs:ram::1234567890123456:role/x',
      expireDuration: 3600,
      namespaces: 'a,b',
    }));
    const parsed = parseConfiguration({ 'acr-registry-info': JSON.stringify(entries) });
    assert.equal(parsed.configuration?.registries.length, 1000);
  });

  it('refuses a value above 1 MiB', () => {
    assert.deepEqual(codesOf({ 'watch-namespace': 'a'.repeat(mebibyte + 1) }), ['value-too-large']);
  });

  it('reads 1 MiB of comments', () => {
    assert.deepEqual(codesOf({ 'acr-registry-info': '# note\n'.repeat(mebibyte / 7) }), []);
  });

  it('shortens a name of 100,000 characters in the message', () => {
    const [problem] = parseConfiguration({ 'watch-namespace': 'a'.repeat(100_000) }).problems;
    assert.equal(problem?.code, 'name-format');
    assert.ok(problem.message.length < 200);
    assert.ok((problem.found ?? '').length < 100);
  });

  it('refuses more than 1,000 names', () => {
    const names = Array.from({ length: 1001 }, (_, at) => `n${at}`).join(',');
    assert.deepEqual(codesOf({ 'watch-namespace': names }), ['too-many-items']);
  });

  it('lists at most 500 problems and says how many more there are', () => {
    const { problems, configuration } = parseConfiguration({ 'watch-namespace': Array(900).fill('A').join(',') });
    assert.equal(problems.length, 501);
    assert.equal(problems.at(-1)?.code, 'more-errors');
    assert.match(problems.at(-1)?.message ?? '', /^400 more problems are not listed, 400 of them errors$/);
    assert.equal(configuration, undefined);
  });

  it('is not made invalid by warnings that are too many to list', () => {
    const text = Array.from({ length: 700 }, (_, at) => `- instanceId: cri-a${at} // note`).join('\n');
    const { problems, configuration } = parseConfiguration({ 'acr-registry-info': text });
    assert.equal(problems.at(-1)?.code, 'more-warnings');
    assert.equal(configuration?.registries.length, 700);
  });

  it('finds the error that comes after thousands of warnings', () => {
    const text = `${Array.from({ length: 900 }, (_, at) => `- instanceId: cri-a${at} // a // b`).join('\n')}\n- instanceId: bad`;
    assert.equal(parseConfiguration({ 'acr-registry-info': text }).configuration, undefined);
  });

  for (const [name, text] of [
    ['brackets', '['.repeat(mebibyte)],
    ['braces', '{'.repeat(mebibyte)],
    ['brackets behind a quote that never starts', `[a "${'['.repeat(mebibyte - 5)}"`],
    ['dashes', '- '.repeat(mebibyte / 2)],
    ['question marks', '? '.repeat(mebibyte / 2)],
    ['names', 'a: '.repeat(mebibyte / 3)],
    ['fields without commas in brackets', `[${'a: x\n'.repeat(mebibyte / 6)}`],
    ['growing indentation', Array.from({ length: 1400 }, (_, at) => `${' '.repeat(at)}-`).join('\n')],
  ] as const) {
    it(`refuses 1 MiB of nested ${name} before the YAML parser recurses into it`, () => {
      const codes = codesOf({ 'acr-registry-info': text });
      assert.ok(codes.includes('nesting-too-deep') || codes.includes('value-too-complex'));
    });

    it(`says that 20,000 characters of ${name} are nested too deep`, () => {
      assert.ok(codesOf({ 'acr-registry-info': text.slice(0, 20_000) }).includes('nesting-too-deep'));
    });
  }

  for (const [name, piece] of Object.entries({
    'open quotes': '- a: "x\n',
    'quoted items': '"a",',
    'empty brackets': '[]',
    'full-width commas': '，',
    anchors: '- &a x\n',
    aliases: '- *a\n',
    comments: '// x\n',
    'line breaks': '\r\n',
    documents: '---\n',
    'the same field': 'instanceId: cri-a\n',
    'block texts': '- a: |\n',
    backslashes: '"\\',
  })) {
    it(`ends with an answer for 1 MiB of ${name}`, () => {
      const text = piece.repeat(Math.floor(mebibyte / piece.length));
      const codes = codesOf({ 'acr-registry-info': text, 'watch-namespace': text, 'namespace-selector': text });
      assert.ok(!codes.includes('internal-error'));
    });
  }

  it('stops at aliases that multiply', () => {
    const lines = ['- &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 12; at++)
      lines.push(
        `- &a${at} [${Array(10)
          .fill(`*a${at - 1}`)
          .join(', ')}]`,
      );
    assert.ok(codesOf({ 'acr-registry-info': lines.join('\n') }).includes('too-many-aliases'));
  });

  it('ends for an alias inside of its own anchor', () => {
    assert.ok(codesOf({ 'acr-registry-info': '- &a\n  domains: [*a]\n' }).length > 0);
  });
});
