import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf, summarise } from '../../../tests/fixtures/configuration-summary.ts';
import { repositoryRoot } from '../../../tests/real-parts/repository-root.ts';
import { parseConfiguration } from './parse-configuration.ts';

/** One value of one key, what it is read as (`null`: not taken over), and every word that is said about it. */
type Slip = { readonly key: string; readonly text: string; readonly reads: unknown; readonly says: readonly string[] };

describe('a value with a slip', () => {
  const file = join(repositoryRoot(), 'tests', 'fixtures', 'slips.json');
  const slips = JSON.parse(readFileSync(file, 'utf8')) as readonly Slip[];

  for (const { key, text, reads, says } of slips) {
    it(`is read and explained word for word: ${key} ${JSON.stringify(text.slice(0, 60))}`, () => {
      const { configuration, problems } = parseConfiguration({ [key]: text });
      assert.deepEqual(
        { reads: configuration === undefined ? null : summarise(configuration), says: problems.map(lineOf) },
        { reads, says },
      );
    });
  }
});
