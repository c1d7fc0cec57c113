import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { repositoryRoot } from '../real-parts/repository-root.ts';
import { runMocha } from './run-mocha.ts';
import type { TestEnd } from './test-result.ts';

describe('a mocha process', function () {
  this.timeout(60_000);
  const limits = { testTimeoutSeconds: 60, closingSeconds: 1, workers: 1, output: 'ignore' } as const;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-run-tier-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = async (source: string, mochaArguments: readonly string[] = []): Promise<TestEnd> => {
    const file = join(folder, 'sample.mjs');
    await writeFile(file, source);
    return runMocha(repositoryRoot(), { ...limits, processTimeoutSeconds: 20 }, [file], mochaArguments);
  };

  it('counts what passed and names what failed', async () => {
    const end = await run(
      `describe('sample', () => { it('holds', () => {}); it('breaks', () => { throw new Error('x'); }); });`,
    );
    assert.deepEqual(end, {
      kind: 'finished',
      exitCode: 1,
      counts: { passed: 1, pending: 0, failures: ['sample breaks'] },
    });
  });

  it('hands options on to mocha', async () => {
    const end = await run(`it('one', () => {}); it('other', () => {});`, ['--grep', 'other']);
    assert.ok(end.kind === 'finished');
    assert.equal(end.counts.passed, 1);
  });

  it('is known to have crashed when its process ends before the last test', async () => {
    assert.deepEqual(await run(`it('leaves', () => process.exit(0)); it('never runs', () => {});`), {
      kind: 'crashed',
      exitCode: 0,
    });
  });

  it('is killed when a test leaves something open', async () => {
    const end = await run(`it('forgets a timer', () => { setInterval(() => {}, 1000); });`);
    assert.equal(end.kind, 'stayed-open');
  });

  it('is killed when a test blocks it for ever', async () => {
    const file = join(folder, 'blocked.mjs');
    await writeFile(file, `it('blocks', () => { for (;;); });`);
    const end = await runMocha(repositoryRoot(), { ...limits, processTimeoutSeconds: 2 }, [file], []);
    assert.deepEqual(end, { kind: 'timed-out', seconds: 2 });
  });
});
