import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cachedPart, cacheFolder, withLock } from './cache.ts';

describe('the cache of real parts', () => {
  const before = process.env['XDG_CACHE_HOME'];
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'acr-cache-test-'));
    process.env['XDG_CACHE_HOME'] = home;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    await rm(home, { recursive: true, force: true });
  });

  const part = (make: (folder: string) => Promise<void>, inputs: readonly string[] = ['source']) =>
    cachedPart({ name: 'part', version: '1.0.0', inputs, make });

  it('makes a part once for all that ask at the same time', async () => {
    let made = 0;
    const make = async (folder: string): Promise<void> => {
      made++;
      await writeFile(join(folder, 'binary'), 'content');
    };
    const [first, second] = await Promise.all([part(make), part(make)]);
    assert.equal(await readFile(join(first, 'binary'), 'utf8'), 'content');
    assert.equal(first, second);
    assert.equal(made, 1);
  });

  it('makes a part anew when its sources change', async () => {
    const make = async (): Promise<void> => {};
    assert.notEqual(await part(make), await part(make, ['other source']));
  });

  it('leaves nothing behind when a part cannot be made', async () => {
    await assert.rejects(
      part(async (folder) => {
        await writeFile(join(folder, 'half'), '');
        throw new Error('the build failed');
      }),
      /the build failed/,
    );
    assert.deepEqual(readdirSync(cacheFolder()), []);
  });

  it('takes over the lock of a process that is gone', async () => {
    const path = join(home, 'work');
    writeFileSync(`${path}.lock`, '4194305');
    const longAgo = new Date(Date.now() - 20_000);
    utimesSync(`${path}.lock`, longAgo, longAgo);
    assert.equal(await withLock(path, async () => 'done'), 'done');
  });
});
