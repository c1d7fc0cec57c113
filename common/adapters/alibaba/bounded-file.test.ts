import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readBoundedFile } from './bounded-file.ts';

describe('a small file', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-file-'));
  });

  after(async () => {
    await rm(folder, { recursive: true });
  });

  it('is read whole up to its bound', async () => {
    const path = join(folder, 'token');
    await writeFile(path, 'x'.repeat(100));

    assert.equal((await readBoundedFile(path, 100))?.length, 100);
    await assert.rejects(readBoundedFile(path, 99), {
      code: 'token-file-invalid',
      message: `${path} is larger than 99 bytes`,
    });
  });

  it('that is not there is undefined, also when its folder is missing', async () => {
    assert.equal(await readBoundedFile(join(folder, 'missing', 'token'), 100), undefined);
  });

  it('that is a folder is refused', async () => {
    const path = join(folder, 'directory');
    await mkdir(path);

    await assert.rejects(readBoundedFile(path, 100), {
      code: 'token-file-invalid',
      message: `${path} cannot be read: EISDIR`,
    });
  });
});
