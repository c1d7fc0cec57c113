import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { startRedis } from '../real-parts/redis.ts';
import { runCommand } from '../real-parts/run-command.ts';
import { startHelperProcess } from '../fixtures/helper-process.ts';
import { waitUntil } from '../real-parts/wait-until.ts';

const program = join(repositoryRoot(), 'dist', 'main.js');

describe('the command line', function () {
  this.timeout(120_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'acr-command-line-'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  function call(args: readonly string[], timeoutSeconds = 20): ReturnType<typeof runCommand> {
    return runCommand(process.execPath, [program, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
      timeoutSeconds,
    });
  }

  const refusals: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown flag', ['run', '--kube-confg', 'x'], /unknown option '--kube-confg'[^]*--kubeconfig/],
    ['an unknown command', ['rnu'], /unknown command 'rnu'[^]*run/],
    [
      'a role that there is not',
      ['run', '--role', 'boss'],
      /--role is "boss": write one of all, watcher, fetcher, writer/,
    ],
    [
      'a role that would work alone',
      ['run', '--role', 'writer'],
      /--role is "writer" without --redis-url: no process would be the watcher, nor the fetcher[^]*--redis-url/,
    ],
    [
      'a concurrency out of bounds',
      ['run', '--kube-concurrency', '0'],
      /--kube-concurrency is "0": write a whole number from 1 to 256/,
    ],
    [
      'a kubeconfig that is not there',
      ['run', '--kubeconfig', '/nowhere/config', '--ops-address', '127.0.0.1:0'],
      /\/nowhere\/config/,
    ],
    ['no cluster at all', ['run', '--ops-address', '127.0.0.1:0'], /no kubeconfig was given/],
    [
      'an address of another machine',
      ['run', '--ops-address', '203.0.113.7:9090'],
      /--ops-address 203\.0\.113\.7:9090 cannot be used[^]*an address of this machine/,
    ],
    ['an address that is none', ['run', '--ops-address', 'here'], /--ops-address is "here": write HOST:PORT/],
    [
      'a Redis URL that is none',
      ['run', '--redis-url', 'http://:secret@x', '--ops-address', '127.0.0.1:0'],
      /Redis URL/,
    ],
  ];

  for (const [what, args, message] of refusals) {
    it(`answers ${what} with one clear message and exit code 2, and no stack`, async () => {
      const { exitCode, stderr } = await call(args);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /);
      assert.doesNotMatch(stderr, /secret/);
    });
  }

  it('says of a kubeconfig that is not YAML where it is and what to do', async () => {
    const path = join(folder, 'broken');
    writeFileSync(path, 'clusters: [\n');
    const { exitCode, stderr } = await call(['run', '--kubeconfig', path, '--ops-address', '127.0.0.1:0']);
    assert.equal(exitCode, 2);
    assert.match(stderr, new RegExp(path));
  });

  it('takes a flag from the environment, and says which variable looks like a slip of one', async () => {
    const environment = { PATH: process.env['PATH'], ACR_HELPER_KUBE_CONCURRENCY: '0', ACR_HELPER_KUBE_QSP: '9' };
    const { stderr } = await runCommand(process.execPath, [program, 'run'], {
      cwd: folder,
      env: environment,
      timeoutSeconds: 20,
    });
    assert.match(stderr, /--kube-concurrency is "0"/);
    assert.match(stderr, /ACR_HELPER_KUBE_QSP is not read: did you mean ACR_HELPER_KUBE_QPS\?/);
  });

  it('keeps trying when the API server cannot be reached, and says so once', async () => {
    const path = join(folder, 'unreachable');
    writeFileSync(path, kubeconfig('https://127.0.0.1:1'));
    const helper = startHelperProcess(
      ['--kubeconfig', path, '--ops-address', '127.0.0.1:0', '--region', 'cn-hangzhou'],
      {},
    );
    try {
      const ops = await helper.opsUrl();
      await waitUntil('the message', 20, async () => (/127\.0\.0\.1:1\b/.test(helper.output()) ? true : undefined));
      const { status } = await fetch(`${ops}/readyz`);
      assert.equal(status, 503);
      assert.equal((await fetch(`${ops}/healthz`)).status, 200);
      assert.doesNotMatch(helper.output(), /\\n\s+at /);
    } finally {
      await helper.stop();
    }
  });

  it('keeps trying when Redis cannot be reached, and says so', async () => {
    const path = join(folder, 'unreachable');
    writeFileSync(path, kubeconfig('https://127.0.0.1:1'));
    const helper = startHelperProcess(
      ['--kubeconfig', path, '--ops-address', '127.0.0.1:0', '--redis-url', 'redis://:hidden@127.0.0.1:1'],
      {},
    );
    try {
      await waitUntil('the message', 20, async () =>
        /no connection to [^"]*127\.0\.0\.1:1/.test(helper.output()) ? true : undefined,
      );
      assert.doesNotMatch(helper.output(), /hidden/);
    } finally {
      await helper.stop();
    }
  });

  it('refuses a Redis that may drop queued work, and says what to set', async () => {
    const redis = await startRedis({ maxmemoryPolicy: 'allkeys-lru' });
    try {
      const path = join(folder, 'unreachable');
      writeFileSync(path, kubeconfig('https://127.0.0.1:1'));
      const { exitCode, stderr } = await call([
        'run',
        '--kubeconfig',
        path,
        '--ops-address',
        '127.0.0.1:0',
        '--redis-url',
        redis.url,
      ]);
      assert.equal(exitCode, 2);
      assert.match(stderr, /allkeys-lru[^]*noeviction/);
    } finally {
      await redis.stop();
    }
  });
});

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'c', user: { token: 't' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  });
}
