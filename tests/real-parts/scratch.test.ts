import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';

import { openScratch } from './scratch.ts';
import { waitUntil } from './wait-until.ts';

describe('a scratch folder', function () {
  this.timeout(30_000);

  it('is gone with its processes when its owner is killed', async () => {
    const source = `
      import { openScratch } from ${JSON.stringify(new URL('scratch.js', import.meta.url).href)};
      const scratch = openScratch('orphan');
      const { pid } = scratch.start('sleep', ['1000']);
      console.log(JSON.stringify({ pid, folder: scratch.folder }));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(owner.stdout, 'data')) as [Buffer];
    const { pid, folder } = JSON.parse(line.toString()) as { readonly pid: number; readonly folder: string };
    assert.ok(isRunning(pid) && existsSync(folder));
    owner.kill('SIGKILL');
    await waitUntil('the orphan to be killed', 10, async () => (isRunning(pid) ? undefined : true));
    await waitUntil('the folder to be removed', 10, async () => (existsSync(folder) ? undefined : true));
  });

  it('lets a process end that does not remove it', async () => {
    const source = `
      import { openScratch } from ${JSON.stringify(new URL('scratch.js', import.meta.url).href)};
      openScratch('forgotten');`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', source], { stdio: 'inherit' });
    assert.deepEqual(await once(owner, 'exit'), [0, null]);
  });

  it('tells why a program could not be started', async () => {
    const scratch = openScratch('missing');
    const started = scratch.start('/does/not/exist', []);
    await started.end('SIGKILL');
    assert.match(started.output(), /ENOENT/);
    await scratch.remove();
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
