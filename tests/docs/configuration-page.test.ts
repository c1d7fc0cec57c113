import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseConfiguration } from '../../common/domain/configuration/parse-configuration.ts';
import { entryFields, rrsaFields, webhookFields } from '../../common/domain/configuration/entries/field-schema.ts';
import { keys } from '../../common/domain/configuration/schema.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { exampleManifest, renderConfigurationPage } from './configuration-page.ts';

describe('docs/configuration.md', () => {
  const page = readFileSync(join(repositoryRoot(), 'docs', 'configuration.md'), 'utf8');

  it('is what the schema says', () => {
    assert.equal(page, renderConfigurationPage());
  });

  it('has an example manifest without a problem', () => {
    const { data } = parse(exampleManifest) as { data: Record<string, string> };
    assert.deepEqual(parseConfiguration(data).problems, []);
  });

  it('has examples that are read as YAML and without a problem', () => {
    for (const [, block = ''] of page.matchAll(/```yaml\n([a-z][\s\S]*?)```/g)) {
      if (block.startsWith('apiVersion')) continue;
      assert.deepEqual(parseConfiguration(parse(block) as Record<string, string>).problems, [], block);
    }
  });

  for (const key of keys) {
    it(`has an example of ${key.name} that is read without an error`, () => {
      const { problems } = parseConfiguration({ [key.name]: key.example });
      assert.deepEqual(
        problems.map((problem) => problem.code),
        key.kind === 'ignored' ? ['ignored-key'] : [],
      );
    });
  }

  for (const field of entryFields) {
    it(`has an example of the field ${field.name} that is read without an error`, () => {
      const pair =
        field.kind === 'access-key' ? 'customAccessKey: LTAI5tExample\n  customAccessKeySecret: Example' : undefined;
      const text = `- ${pair ?? `${field.name}: ${JSON.stringify(field.example)}`}`;
      const { problems } = parseConfiguration({ 'acr-registry-info': text, rrsa: 'enable: true' });
      const errors = problems.filter((problem) => problem.severity === 'error');
      assert.deepEqual(errors, []);
    });
  }

  for (const [key, fields] of [['rrsa', rrsaFields] as const, ['webhook-configuration', webhookFields] as const]) {
    for (const field of fields) {
      it(`has an example of ${key} ${field.name} that is read without a problem`, () => {
        assert.deepEqual(parseConfiguration({ [key]: `${field.name}: ${field.example}` }).problems, []);
      });
    }
  }
});
