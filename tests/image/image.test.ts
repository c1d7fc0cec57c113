import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '../real-parts/repository-root.ts';
import { mustRun, runCommand, type CommandResult } from '../real-parts/run-command.ts';
import { buildImage, buildImages, type BuiltImages } from './built-images.ts';

// The base images are stand-ins: Node's official build and nothing else, since tests reach no registry of images.
describe('the image', function () {
  this.timeout(300_000);
  let images: BuiltImages;

  before(async () => {
    images = await buildImages();
  });

  after(() => images?.remove());

  /** As strictly as the chart runs it, and without a network. */
  function run(args: readonly string[], options: readonly string[] = []): Promise<CommandResult> {
    const strict = ['--read-only', '--cap-drop=all', '--security-opt=no-new-privileges', '--network=none'];
    const all = ['run', '--rm', '--pull=never', ...strict, ...options, images.helper, ...args];
    return runCommand(images.tools.podman, all, { env: images.tools.env, timeoutSeconds: 60 });
  }

  async function inspect(image: string): Promise<Inspected> {
    const { podman, env } = images.tools;
    const [inspected] = JSON.parse((await mustRun(podman, ['image', 'inspect', image], { env })).stdout) as [Inspected];
    return inspected;
  }

  async function evaluate(script: string): Promise<unknown> {
    const { stdout, stderr } = await run(['--eval', `console.log(JSON.stringify(${script}))`], ['--entrypoint=node']);
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout);
  }

  it('comes out the same, byte for byte, when it is built again from nothing', async () => {
    const again = await buildImage(images, ['--no-cache']);
    // The last layer is ours; those of the base are the base's.
    const [first, second] = await Promise.all([images.helper, again].map(inspect));
    assert.equal(second?.RootFS.Layers.at(-1), first?.RootFS.Layers.at(-1));
    assert.deepEqual(second?.Config, first?.Config);
  });

  it('starts the program by its name alone, and says nothing on standard error', async () => {
    const { version } = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as { version: string };
    const { stdout, exitCode, stderr } = await run(['--version']);
    assert.deepEqual(
      { stdout, exitCode, program: programOutput(stderr) },
      { stdout: `${version}\n`, exitCode: 0, program: '' },
    );
  });

  it('plays the role that it is given', async () => {
    const { stderr, exitCode } = await run(['run', '--role', 'boss']);
    assert.match(stderr, /--role is "boss": write one of all, watcher/);
    assert.equal(exitCode, 2);
  });

  it('runs on Node 24 as nobody, without a right, on a file system that it cannot write to, where there is no shell', async () => {
    const facts = await evaluate(`{
      node: process.versions.node.split('.')[0],
      user: [process.getuid(), process.getgid()],
      rights: fs.readFileSync('/proc/self/status', 'utf8').match(/^CapEff:\\s*(.*)$/m)[1],
      writing: (() => { try { fs.writeFileSync('/app/x', ''); return 'done'; } catch ({ code }) { return code; } })(),
      shell: fs.existsSync('/bin/sh'),
    }`);
    assert.deepEqual(facts, {
      node: '24',
      user: [65532, 65532],
      rights: '0000000000000000',
      writing: 'EROFS',
      shell: false,
    });
  });

  it('holds the bundle and no packages, 30 MB at most', async () => {
    const files = (await evaluate(`fs.readdirSync('/app', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => ({ path: parentPath + '/' + name, bytes: fs.statSync(parentPath + '/' + name).size }))`)) as {
      readonly path: string;
      readonly bytes: number;
    }[];
    const strangers = files.filter(
      ({ path }) => !/^\/app\/(LICENSE|package\.json|[^/]+\.(js|js\.map|txt)|parts\/[^/]+|console\/.+)$/.test(path),
    );
    assert.deepEqual(strangers, []);
    for (const page of ['/app/console/index.html', '/app/console/queues/index.ejs'])
      assert.ok(files.some(({ path }) => path === page));
    const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
    assert.ok(megabytes < 30, `${megabytes.toFixed(1)} MB`);
  });

  it('says what it is, and leaves health checks to those who run it', async () => {
    const { Config: config, Labels: labels, HealthCheck: healthCheck } = await inspect(images.helper);
    assert.deepEqual([config.User, config.Entrypoint, config.Cmd], ['65532:65532', ['node', '/app/main.js'], ['run']]);
    assert.equal(healthCheck, undefined);
    for (const name of ['title', 'description', 'source', 'licenses', 'version', 'revision']) {
      assert.ok(labels[`org.opencontainers.image.${name}`], `there is no label ${name}`);
    }
  });
});

type Inspected = {
  readonly Config: { readonly User: string; readonly Entrypoint: readonly string[]; readonly Cmd: readonly string[] };
  readonly Labels: Readonly<Record<string, string>>;
  readonly RootFS: { readonly Layers: readonly string[] };
  readonly HealthCheck?: unknown;
};

/** Without what the container tools say on a machine that has no systemd. */
function programOutput(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !line.startsWith('time="') && !line.startsWith('failed to connect to syslog'))
    .join('\n');
}
