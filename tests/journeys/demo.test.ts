import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startControlPlane } from '../real-parts/control-plane.ts';
import { startRedis } from '../real-parts/redis.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { runCommand } from '../real-parts/run-command.ts';

const program = join(repositoryRoot(), 'dist', 'main.js');

describe('demo --once', function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'acr-demo-'));
    mkdirSync(join(folder, 'tmp'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function demo(...args: readonly string[]): ReturnType<typeof runCommand> {
    return runCommand(process.execPath, [program, 'demo', '--once', '--ops-address', '127.0.0.1:0', ...args], {
      cwd: folder,
      // Of other tools: a real cluster and a real Redis are swapped in by a flag only.
      env: {
        PATH: process.env['PATH'],
        TMPDIR: join(folder, 'tmp'),
        KUBECONFIG: '/nowhere/config',
        REDIS_URL: 'redis://127.0.0.1:1',
      },
      timeoutSeconds: 90,
    });
  }

  it('ends well after a new namespace was served and a credential renewed, also beside another, and leaves nothing behind', async () => {
    for (const { exitCode, stdout, stderr } of await Promise.all([demo(), demo()])) {
      assert.equal(exitCode, 0, stdout + stderr);
      assert.match(stdout, /namespace "shop" served/);
      assert.match(stdout, /renewed \d+ s before expiry/);
    }
    assert.deepEqual(readdirSync(folder), ['tmp']);
    assert.deepEqual(readdirSync(join(folder, 'tmp')), []);
  });

  it('does the same over a real Redis, and touches no key of others', async () => {
    const redis = await startRedis();
    try {
      const helper = new Redis(redis.url);
      await helper.set('{acr}:configuration', 'of a helper that uses this Redis in earnest');
      helper.disconnect();
      const { exitCode, stdout, stderr } = await demo('--redis-url', redis.url);
      assert.equal(exitCode, 0, stdout + stderr);
      assert.match(stdout, /over Redis/);
      const client = new Redis(redis.url);
      try {
        assert.deepEqual(await client.keys('*'), ['{acr}:configuration']);
        assert.equal(await client.get('{acr}:configuration'), 'of a helper that uses this Redis in earnest');
      } finally {
        client.disconnect();
      }
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

  it('stops in an orderly way when nobody reads what it writes any more', async () => {
    const script = '"$0" "$1" demo --ops-address 127.0.0.1:0 | head -n 1; echo "ended with ${PIPESTATUS[0]}"';
    const { stdout, stderr } = await runCommand('bash', ['-c', script, process.execPath, program], {
      cwd: folder,
      env: { PATH: process.env['PATH'], TMPDIR: join(folder, 'tmp') },
      timeoutSeconds: 60,
    });
    assert.match(stdout, /^ended with 0$/m);
    assert.doesNotMatch(stderr, /EPIPE/);
    assert.deepEqual(readdirSync(folder), ['tmp']);
  });

  it('ends with exit code 1 and the reason when there is no cluster', async () => {
    const { exitCode, stdout, stderr } = await demo('--kubeconfig', '/nowhere/config');
    assert.equal(exitCode, 1);
    assert.match(stdout + stderr, /\/nowhere\/config/);
  });
});
