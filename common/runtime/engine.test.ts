import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

describe('when the engine optimizes', () => {
  const module = pathToFileURL(join(import.meta.dirname, 'engine.js')).href;
  const script = `import { compileWasmOnce, growSlowly, keepNurserySmall, optimizeLate } from ${JSON.stringify(module)};
    optimizeLate(process.execArgv, process.versions.v8);
    growSlowly(process.execArgv, process.versions.v8);
    compileWasmOnce(process.execArgv, process.versions.v8);
    keepNurserySmall(process.execArgv, process.versions.v8);`;

  function optimize(given: readonly string[]): { stdout: string; stderr: string; status: number | null } {
    const args = [...given, '--input-type=module', '--eval', script];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { stdout, stderr, status };
  }

  it('setting it says nothing, whatever the version of V8', () => {
    assert.deepEqual(optimize([]), { stdout: '', stderr: '', status: 0 });
  });

  it('what was given to Node is not undone', () => {
    // A flag that V8 does not know is refused by Node itself.
    if (!process.versions.v8.startsWith('11.')) return;
    const given = ['--interrupt-budget=70000', '--heap-growing-percent=80', '--no-liftoff', '--max-semi-space-size=8'];
    assert.deepEqual(optimize(given), { stdout: '', stderr: '', status: 0 });
  });
});
