import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createTokenFile } from './token-file.ts';

describe('a token file', () => {
  let folder: string;
  let path: string;
  let now = 0;
  const clock = () => now;

  beforeEach(async () => {
    now = 1_000_000;
    folder = await mkdtemp(join(tmpdir(), 'token-file-'));
    path = join(folder, 'token');
    await writeFile(path, 'first\n');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('gives its token without the line end', async () => {
    assert.equal(await createTokenFile(path, clock).token(), 'first');
  });

  it('is read again after ten seconds, not before', async () => {
    const file = createTokenFile(path, clock);
    await file.token();
    await writeFile(path, 'second');
    now += 9_999;
    assert.equal(await file.token(), 'first');
    now += 1;
    assert.equal(await file.token(), 'second');
  });

  it('is read again at once after its token was refused', async () => {
    const file = createTokenFile(path, clock);
    await file.token();
    await writeFile(path, 'second');
    file.forget();
    assert.equal(await file.token(), 'second');
  });

  it('keeps serving the old token while the file is not there', async () => {
    const file = createTokenFile(path, clock);
    await file.token();
    await rm(path);
    now += 60_000;
    assert.equal(await file.token(), 'first');
  });

  it('that is not there is named', async () => {
    const missing = join(folder, 'missing');
    await assert.rejects(createTokenFile(missing, clock).token(), {
      code: 'token-file-invalid',
      message: `cannot read the Kubernetes token file ${missing}: ENOENT`,
    });
  });

  for (const content of ['', ' \n', 'two words', 'two\nlines']) {
    it(`with ${JSON.stringify(content)} is refused, without showing what is in it`, async () => {
      await writeFile(path, content);
      await assert.rejects(createTokenFile(path, clock).token(), {
        code: 'token-file-invalid',
        message: `the Kubernetes token file ${path} does not hold one token`,
      });
    });
  }
});
