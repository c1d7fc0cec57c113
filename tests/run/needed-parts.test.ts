import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { neededParts } from './needed-parts.ts';

describe('the real parts that a test file needs', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-needed-'));
    const files = {
      'ensure-redis.ts': '',
      'ensure-helm.ts': '',
      'ensure-crane.ts': '',
      'ensure-nothing-we-know.ts': '',
      'fixture.ts': `import {\n  ensureRedis,\n  type More,\n} from './ensure-redis.ts';\nimport { a } from './a.test.ts';`,
      'a.test.ts': `import assert from 'node:assert/strict';\nimport './ensure-nothing-we-know.ts';\nexport { b } from './fixture.ts';`,
      'b.test.ts': `import type { Helm } from './ensure-helm.ts';\n\nconst text = "import { x } from './ensure-crane.ts';";`,
    };
    for (const [name, source] of Object.entries(files)) await writeFile(join(folder, name), source);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('are those that it imports through others, whoever else imports in a circle', () => {
    assert.deepEqual([...neededParts(folder, 'a.test.ts')], ['redis']);
  });

  it('are not those of which it only takes a type, or that it names in a text', () => {
    assert.deepEqual([...neededParts(folder, 'b.test.ts')], []);
  });
});
