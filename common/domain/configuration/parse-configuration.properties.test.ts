import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { repositoryRoot } from '../../../tests/real-parts/repository-root.ts';
import { parseConfiguration, type ParsedConfiguration } from './parse-configuration.ts';
import { indexLines } from './yaml/text-position.ts';
import { keys } from './schema.ts';

const key = fc.oneof(fc.constantFrom(...keys.map(({ name }) => name)), fc.string({ maxLength: 20 }));

/** Pieces of what people write, so that a random text comes near to a configuration. */
const piece = fc.constantFrom(
  '- ',
  '-',
  '\n',
  '\r\n',
  '\n  ',
  '\n    ',
  '\t',
  ' ',
  ': ',
  ':',
  '：',
  ' = ',
  ',',
  '，',
  '"',
  "'",
  '“',
  '”',
  '//',
  ' // x',
  ' # x',
  '#',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '<<: ',
  '|\n',
  '>\n',
  '---\n',
  '? ',
  '!',
  '*',
  '\\',
  '\u00A0',
  '\uFEFF',
  'instanceId',
  'regionId',
  'domains',
  'assumeRoleARN',
  'expireDuration',
  'customAccessKeySecret',
  'pullSecretRef',
  'namespaces',
  'enable',
  'failure-policy',
  'cri-a1',
  'cn-hangzhou',
  'a.example.com',
  'true',
  '3600',
  '15m',
  'null',
  '\0',
);

const nearText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const anyText = fc.oneof(nearText, fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 200 }));
const anyData = fc.dictionary(key, anyText, { maxKeys: 6 });

describe('parseConfiguration, whatever it is given', function () {
  this.timeout(60_000);

  it('never throws, and has a configuration exactly when no problem is an error', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        const { configuration, problems } = parseConfiguration(data);
        assert.equal(
          configuration === undefined,
          problems.some(({ severity }) => severity === 'error'),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('never comes upon a defect of its own', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        const { problems } = parseConfiguration(data);
        assert.ok(problems.every(({ code }) => code !== 'internal-error'));
      }),
      { numRuns: 3000 },
    );
  });

  it('gives every problem a place inside the text of its key', () => {
    fc.assert(
      fc.property(anyData, (data) => assertPlacesInside(data, parseConfiguration(data))),
      { numRuns: 3000 },
    );
  });

  it('gives the same answer to the same text', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        assert.deepEqual(parseConfiguration(data), parseConfiguration(data));
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseConfiguration, given good files with one thing changed', function () {
  this.timeout(60_000);

  const good = goodFiles();

  it('never throws and keeps its places inside', () => {
    fc.assert(
      fc.property(fc.constantFrom(...good), fc.nat(), fc.nat({ max: 5 }), anyText, (data, at, remove, insert) => {
        const changed = Object.fromEntries(
          Object.entries(data).map(([name, text]) => {
            const place = at % (text.length + 1);
            return [name, text.slice(0, place) + insert + text.slice(place + remove)];
          }),
        );
        const parsed = parseConfiguration(changed);
        assertPlacesInside(changed, parsed);
        assert.ok(parsed.problems.every(({ code }) => code !== 'internal-error'));
      }),
      { numRuns: 5000 },
    );
  });

  it('never shows a secret, wherever the change is', () => {
    const secret = 'Zq7wXk2VbT9pLm4s';
    const text = `- instanceId: cri-a1\n  customAccessKey: LTAI5tExample\n  customAccessKeySecret: ${secret}\n  regionId: cn-hangzhou\n`;
    fc.assert(
      fc.property(fc.nat({ max: text.length }), fc.nat({ max: 3 }), nearText, (at, remove, insert) => {
        const from = text.indexOf(secret);
        fc.pre(at + remove <= from - 4 - 'customAccessKeySecret'.length || at >= from + secret.length);
        const changed = text.slice(0, at) + insert + text.slice(at + remove);
        const { problems } = parseConfiguration({ 'acr-registry-info': changed });
        assert.ok(!JSON.stringify(problems).includes(secret));
      }),
      { numRuns: 3000 },
    );
  });
});

function assertPlacesInside(data: Readonly<Record<string, string>>, { problems }: ParsedConfiguration): void {
  for (const problem of problems) {
    const text = data[problem.key] ?? '';
    const { starts } = indexLines(text);
    assert.ok(problem.line >= 1 && problem.line <= starts.length, `line ${problem.line}`);
    const start = starts[problem.line - 1] ?? 0;
    const end = starts[problem.line] ?? text.length + 1;
    assert.ok(problem.column >= 1 && start + problem.column - 1 <= end, `column ${problem.column}`);
    assert.ok(problem.length >= 1);
  }
}

function goodFiles(): readonly Readonly<Record<string, string>>[] {
  const folder = join(repositoryRoot(), 'tests', 'fixtures', 'configurations');
  return readdirSync(folder)
    .filter((file) => /^(?:documented|every|same|json|anchors|tabs|full).*\.yaml$/.test(file))
    .map((file) => (parse(readFileSync(join(folder, file), 'utf8')) as { data: Record<string, string> }).data);
}
