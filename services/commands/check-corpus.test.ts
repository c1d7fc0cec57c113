import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf, summarise } from '../../tests/fixtures/configuration-summary.ts';
import { repositoryRoot } from '../../tests/real-parts/repository-root.ts';
import { readManifest } from './check-manifest.ts';
import { checkManifest } from './check-file.ts';

type Expected = {
  /** As `lineOf` writes them. */
  readonly problems: readonly string[];
  readonly configuration: unknown;
};

describe('the corpus of real-world configurations', () => {
  const folder = join(repositoryRoot(), 'tests', 'fixtures', 'configurations');
  const names = readdirSync(folder).filter((file) => !file.endsWith('.expected.json'));

  it('has at least 60 files', () => {
    assert.ok(names.length >= 60);
  });

  for (const file of names) {
    it(`reads ${file} as a careful person would`, () => {
      const expected = JSON.parse(
        readFileSync(join(folder, `${file.slice(0, file.lastIndexOf('.'))}.expected.json`), 'utf8'),
      ) as Expected;
      const text = readFileSync(join(folder, file), 'utf8');
      const [checked] = checkManifest(file, text, readManifest(text));
      assert.deepEqual(
        {
          problems: checked?.problems.map(lineOf),
          configuration: checked?.configuration === undefined ? null : summarise(checked.configuration),
        },
        expected,
      );
    });
  }
});
