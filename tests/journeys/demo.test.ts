import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '../real-parts/control-plane.ts';
import { startRedis } from '../real-parts/redis.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { runCommand } from '../real-parts/run-command.ts';

describe('demo --once', function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'acr-demo-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function demo(...args: readonly string[]): ReturnType<typeof runCommand> {
    const program = join(repositoryRoot(), 'dist', 'main.js');
    return runCommand(process.execPath, [program, 'demo', '--once', '--ops-address', '127.0.0.1:0', ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
      timeoutSeconds: 90,
    });
  }

  it('ends well after a new namespace was served and a credential renewed, and leaves nothing behind', async () => {
    const { exitCode, stdout, stderr } = await demo();
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /namespace "shop" served/);
    assert.match(stdout, /renewed \d+ s before expiry/);
    assert.equal(existsSync(join(folder, '.demo')), false);
  });

  it('does the same over a real Redis', async () => {
    const redis = await startRedis();
    try {
      const { exitCode, stdout, stderr } = await demo('--redis-url', redis.url);
      assert.equal(exitCode, 0, stdout + stderr);
      assert.match(stdout, /over Redis/);
    } finally {
      await redis.stop();
    }
  });

  it('does the same in a real cluster, in namespaces of its own that it removes', async () => {
    const controlPlane = await startControlPlane();
    try {
      const { exitCode, stdout, stderr } = await demo('--kubeconfig', controlPlane.kubeconfigPath);
      assert.equal(exitCode, 0, stdout + stderr);
      const { text } = await controlPlane.request({ path: '/api/v1/namespaces' });
      const left = (JSON.parse(text) as { items: { metadata: { name: string; deletionTimestamp?: string } }[] }).items;
      assert.deepEqual(
        left.filter(
          ({ metadata }) => metadata.name.startsWith('acr-demo-') && metadata.deletionTimestamp === undefined,
        ),
        [],
      );
    } finally {
      await controlPlane.stop();
    }
  });

  it('ends with exit code 1 and the reason when there is no cluster', async () => {
    const { exitCode, stdout, stderr } = await demo('--kubeconfig', '/nowhere/config');
    assert.equal(exitCode, 1);
    assert.match(stdout + stderr, /\/nowhere\/config/);
  });
});
