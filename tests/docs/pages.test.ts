import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { pages } from './pages.ts';

describe('generated documentation', () => {
  for (const [path, render] of Object.entries(pages)) {
    it(`${path} is what the code says: "npm run docs" writes it`, () => {
      assert.equal(readFileSync(join(repositoryRoot(), path), 'utf8'), render());
    });
  }
});
