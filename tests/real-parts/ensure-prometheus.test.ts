import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePrometheus } from './ensure-prometheus.ts';

describe('the programs of Prometheus', () => {
  const before = process.env['ACR_TESTS_PROMETHEUS'];
  let folder: string;
  let named: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acr-prometheus-'));
    named = join(folder, 'prometheus');
    process.env['ACR_TESTS_PROMETHEUS'] = named;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env['ACR_TESTS_PROMETHEUS'];
    else process.env['ACR_TESTS_PROMETHEUS'] = before;
    await rm(folder, { recursive: true, force: true });
  });

  it('are those that ACR_TESTS_PROMETHEUS names, with the promtool beside it', async () => {
    const promtool = join(folder, 'promtool');
    for (const path of [named, promtool]) await writeFile(path, '', { mode: 0o755 });
    assert.deepEqual(await ensurePrometheus(), { prometheus: named, promtool });
  });

  it('are refused with the path when it names no program', async () => {
    await assert.rejects(ensurePrometheus(), new RegExp(`ACR_TESTS_PROMETHEUS=${named} is no program`));
  });
});
