import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

describe('when the engine optimizes', () => {
  it('the flag is one that this version of V8 knows', () => {
    const flags = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
    assert.match(flags, /^ {2}--interrupt-budget \(/m);
  });

  it('setting it says nothing, and does not undo what was given to Node', () => {
    const module = pathToFileURL(join(import.meta.dirname, 'engine.js')).href;
    const script = `import { optimizeLate } from ${JSON.stringify(module)}; optimizeLate(process.execArgv);`;
    for (const given of [[], ['--interrupt-budget=70000']]) {
      const args = [...given, '--input-type=module', '--eval', script];
      const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      assert.deepEqual({ stdout, stderr, status }, { stdout: '', stderr: '', status: 0 });
    }
  });
});
