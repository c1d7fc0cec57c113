import assert from 'node:assert/strict';
import fc from 'fast-check';
import { runCheck } from './check.ts';

const encoder = new TextEncoder();

/** Runs the command on files given by their text or bytes. */
async function check(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: { readonly output?: 'text' | 'json'; readonly colour?: boolean } = {},
): Promise<{ readonly exitCode: number; readonly printed: string }> {
  let printed = '';
  const read = (name: string): Promise<Uint8Array> => {
    const content = files[name];
    if (content === undefined) return Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }));
    return Promise.resolve(typeof content === 'string' ? encoder.encode(content) : content);
  };
  const exitCode = await runCheck(
    Object.keys(files),
    { output: options.output ?? 'text' },
    {
      readFile: read,
      readStdin: () => read('-'),
      write: (text) => (printed += text),
      isTerminal: options.colour ?? false,
    },
  );
  return { exitCode, printed };
}

const manifest = (data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: acr-configuration\n  namespace: kube-system\ndata:\n${data}`;

describe('check', () => {
  it('prints each problem with its line, what to write, and one line to sum up', async () => {
    const text = manifest(`  watch-namespace: all
  acr-registry-info: |
    - instanceId: "cri-a1"
      expireDuration: 600
      asumeRoleARN: "acs:ram::1:role/x"
      regionId: "cn-hangzhou" // local
`);
    const { exitCode, printed } = await check({ 'acr.yaml': text });
    assert.equal(
      printed,
      `acr.yaml:10:23 error duration-out-of-range expireDuration 600 is below the minimum 3600
   10 |       expireDuration: 600
      |                       ^^^ write 3600–43200, and no more than the role’s maximum session
acr.yaml:11:7 error unknown-field asumeRoleARN is not a field of acr-registry-info
   11 |       asumeRoleARN: "acs:ram::1:role/x"
      |       ^^^^^^^^^^^^ did you mean assumeRoleARN?
acr.yaml:12:31 warning comment-style text after "//" was read as a comment
   12 |       regionId: "cn-hangzhou" // local
      |                               ^^ YAML comments start with #

2 errors, 1 warning in 1 file. A running helper would keep its last good configuration.
`,
    );
    assert.equal(exitCode, 1);
  });

  it('says that all is well, and ends with 0', async () => {
    const { exitCode, printed } = await check({ 'a.yaml': manifest('  watch-namespace: all\n') });
    assert.equal(printed, 'No problems in 1 file. A running helper would take this configuration over.\n');
    assert.equal(exitCode, 0);
  });

  it('ends with 0 where there are only warnings', async () => {
    const { exitCode, printed } = await check({ 'a.yaml': manifest('  acr-api-version: v1\n') });
    assert.match(printed, /\n\n1 warning in 1 file\. A running helper would take this configuration over\.\n$/);
    assert.equal(exitCode, 0);
  });

  it('checks several files and names each', async () => {
    const bad = manifest('  expiring-threshold: "15"\n');
    const { exitCode, printed } = await check({
      'a.yaml': manifest('  attach: "true"\n'),
      'b.yaml': bad,
      'c.yaml': bad,
    });
    assert.match(printed, /^b\.yaml:7:24 error duration-format /m);
    assert.match(printed, /^c\.yaml:7:24 error duration-format /m);
    assert.match(printed, /2 errors in 3 files\./);
    assert.equal(exitCode, 1);
  });

  it('reads standard input for -', async () => {
    const { printed } = await check({ '-': manifest('  expiring-threshold: "15"\n') });
    assert.match(printed, /^<stdin>:7:24 error duration-format /);
  });

  it('says that a file does not exist', async () => {
    let printed = '';
    const gone = { readFile: () => Promise.reject(Object.assign(new Error(''), { code: 'ENOENT' })) };
    const tools = { ...gone, readStdin: gone.readFile, write: (text: string) => (printed += text), isTerminal: false };
    assert.equal(await runCheck(['gone.yaml'], { output: 'text' }, tools), 1);
    assert.match(printed, /^gone\.yaml:1:1 error file-unreadable the file cannot be read: there is no such file/);
  });

  it('prints JSON of the documented shape', async () => {
    const { printed } = await check(
      { 'a.yaml': manifest('  acr-registry-info: |\n    - instanceId: bad\n') },
      { output: 'json' },
    );
    const [file] = JSON.parse(printed) as readonly Record<string, unknown>[];
    assert.equal(file?.['file'], 'a.yaml');
    assert.equal(file?.['configuration'], null);
    const [problem] = (file?.['problems'] ?? []) as readonly Record<string, unknown>[];
    assert.deepEqual(
      ['line', 'column', 'severity', 'code', 'key', 'entry', 'field'].map((name) => problem?.[name]),
      [8, 19, 'error', 'instance-format', 'acr-registry-info', 0, 'instanceId'],
    );
    assert.match(String(problem?.['message']), /"bad" is not the id of an instance/);
  });

  it('prints the configuration as JSON, without its secrets', async () => {
    const text = manifest(
      '  acr-registry-info: |\n    - customAccessKey: LTAI5tExample\n      customAccessKeySecret: Zq7wXk2VbT9pLm4s\n',
    );
    const { printed } = await check({ 'a.yaml': text }, { output: 'json' });
    const [file] = JSON.parse(printed) as readonly { configuration: { registries: { identity: unknown }[] } }[];
    assert.deepEqual(file?.configuration.registries[0]?.identity, {
      kind: 'access-key',
      accessKeyId: 'LTAI5tExample',
      accessKeySecret: '[secret]',
    });
  });

  it('refuses a file that is not text', async () => {
    const { exitCode, printed } = await check({ 'a.yaml': Uint8Array.of(0x61, 0xff, 0xfe) });
    assert.match(printed, /^a\.yaml:1:1 error invalid-utf8 the file is not UTF-8 text/);
    assert.equal(exitCode, 1);
  });

  it('reads UTF-16 with its mark, as old Windows editors write it', async () => {
    const text = `\uFEFF${manifest('  watch-namespace: all\n')}`;
    const { exitCode } = await check({ 'a.yaml': new Uint8Array(Buffer.from(text, 'utf16le')) });
    assert.equal(exitCode, 0);
  });

  it('says that an empty file holds no configuration', async () => {
    const { exitCode, printed } = await check({ 'a.yaml': '' });
    assert.match(printed, /^a\.yaml:1:1 error no-configuration the file is empty/);
    assert.equal(exitCode, 1);
  });

  it('refuses a file that is nested without end', async () => {
    const { printed } = await check({ 'a.yaml': '['.repeat(300_000) });
    assert.match(printed, /^a\.yaml:1:101 error nesting-too-deep /);
  });

  it('prefers the ConfigMap of our name over another with our keys', async () => {
    const other = manifest('  expiring-threshold: "15"\n').replace('acr-configuration', 'other');
    const { exitCode } = await check({ 'a.yaml': `${other}---\n${manifest('  watch-namespace: all\n')}` });
    assert.equal(exitCode, 0);
  });

  it('checks a ConfigMap of another name if it has our keys', async () => {
    const { exitCode } = await check({
      'a.yaml': manifest('  expiring-threshold: "15"\n').replace('acr-configuration', 'x'),
    });
    assert.equal(exitCode, 1);
  });

  it('colours the severity and the marks on a terminal only', async () => {
    const files = { 'a.yaml': manifest('  expiring-threshold: "15"\n') };
    assert.ok((await check(files, { colour: true })).printed.includes('\u001B[31merror\u001B[0m'));
    assert.ok(!(await check(files)).printed.includes('\u001B'));
  });

  it('cuts a line that is too long around the place', async () => {
    const text = manifest(`  watch-namespace: "${'a,'.repeat(500)}B,${'c,'.repeat(500)}d"\n`);
    const { printed } = await check({ 'a.yaml': text });
    const [, line = '', marks = ''] = /name-format.*\n(.*)\n(.*)/.exec(printed) ?? [];
    assert.ok(line.length < 200);
    assert.equal(line[marks.indexOf('^')], 'B');
  });

  it('puts the marks under the place behind full-width characters', async () => {
    const text = manifest('  acr-registry-info: |\n    - instanceId: "" # 注释 // x\n    # 中文\n    - regionId：X1\n');
    const { printed } = await check({ 'a.yaml': text });
    assert.match(printed, /10 \| {5}- regionId：X1\n {6}\| {17}\^\^ such as cn-hangzhou/);
  });

  it('never shows a secret, whatever slip is near it', async () => {
    const secret = 'Zq7wXk2VbT9pLm4s';
    const head = '    - instanceId: cri-a1\n      customAccessKey: LTAI5tExample\n      customAccessKeySecret';
    const slip = fc.constantFrom(
      ': ',
      ':',
      '=',
      ' ',
      '： ',
      ': "',
      ": '",
      ': “',
      ': |\n        ',
      ':\n        ',
      ': >-\n        ',
    );
    const after = fc.constantFrom(
      '',
      '"',
      "'",
      '”',
      ' // note',
      ',',
      ' regionId: x',
      '\n  x',
      '\n      regionId cn',
      '\n\t- a',
      ' }',
    );
    await fc.assert(
      fc.asyncProperty(slip, after, fc.boolean(), async (before, rest, json) => {
        const text = manifest(`  acr-registry-info: |\n${head}${before}${secret}${rest}\n`);
        const { printed } = await check({ 'a.yaml': text }, { output: json ? 'json' : 'text' });
        assert.ok(!printed.includes(secret), printed);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever the file holds', async () => {
    const piece = fc.constantFrom(
      'data:\n',
      '  watch-namespace: ',
      'kind: ConfigMap\n',
      'acr-registry-info: |\n',
      '- ',
      '\n',
      '  ',
      '"',
      '[',
      '{',
      ':',
      '//',
      '---\n',
      '\t',
      '&a',
      '*a',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 40 }),
        async (pieces) => {
          const { exitCode } = await check({ 'a.yaml': pieces.join('') });
          assert.ok(exitCode === 0 || exitCode === 1);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
