import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { ensureComposeReader } from '../real-parts/ensure-compose.ts';
import { openScratch } from '../real-parts/scratch.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { runCommand, type CommandResult } from '../real-parts/run-command.ts';
import { readComposeFile } from './compose-file.ts';
import { writeFile } from 'node:fs/promises';

describe('docker-compose.yml', function () {
  this.timeout(300_000);
  const root = repositoryRoot();
  const { services } = readComposeFile();

  function mountsOf(
    name: string,
  ): readonly { readonly source: string; readonly target: string; readonly mode: string }[] {
    return (services[name]?.volumes ?? []).map((volume) => {
      const [source = '', target = '', mode = ''] = volume.split(':');
      return { source, target, mode };
    });
  }

  describe('as docker compose reads it', () => {
    let reader: string;

    before(async () => {
      reader = await ensureComposeReader();
    });

    function read(file: string): Promise<CommandResult> {
      return runCommand(reader, [file], { cwd: root });
    }

    it('holds to the specification', async () => {
      const { exitCode, stderr } = await read(join(root, 'docker-compose.yml'));
      assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
    });

    for (const [what, from, to] of [
      ['a key that there is not', 'ports:', 'portz:'],
      ['a service that there is not', 'depends_on: [prometheus]', 'depends_on: [promethius]'],
    ] as const) {
      it(`would be refused with ${what}`, async () => {
        const scratch = openScratch('compose');
        try {
          const file = join(scratch.folder, 'docker-compose.yml');
          await writeFile(file, readFileSync(join(root, 'docker-compose.yml'), 'utf8').replace(from, to));
          assert.notEqual((await read(file)).exitCode, 0);
        } finally {
          await scratch.remove();
        }
      });
    }
  });

  it('gives no container a right or a file system to write to, and starts it again', () => {
    for (const [name, service] of Object.entries(services)) {
      const { read_only, cap_drop, security_opt, restart } = service;
      assert.deepEqual(
        { name, read_only, cap_drop, security_opt, restart },
        {
          name,
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          restart: 'unless-stopped',
        },
      );
    }
  });

  it('opens ports to this machine only', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    assert.deepEqual(
      ports.filter((port) => !port.startsWith('127.0.0.1:')),
      [],
    );
  });

  it('mounts what is in the checkout, and mounts it read-only', () => {
    for (const { source, mode } of Object.keys(services).flatMap(mountsOf)) {
      assert.deepEqual({ source, mode, exists: existsSync(join(root, source)) }, { source, mode: 'ro', exists: true });
    }
  });

  // Grafana itself cannot run here: its image is on no registry of packages. What it is given is checked file by file.
  describe('gives Grafana', () => {
    function provisioning(kind: string): unknown {
      const mount = mountsOf('grafana').find(
        ({ target }) => target === `/etc/grafana/provisioning/${kind}/${kind}.yaml`,
      );
      assert.ok(mount, `nothing is mounted for ${kind}`);
      return parse(readFileSync(join(root, mount.source), 'utf8'));
    }

    it('the Prometheus of the stack as its source of data', () => {
      const { datasources } = provisioning('datasources') as {
        datasources: readonly Readonly<Record<string, unknown>>[];
      };
      assert.deepEqual(
        datasources.map(({ type, url, isDefault }) => ({ type, url, isDefault })),
        [{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }],
      );
      assert.ok(services['prometheus']);
    });

    it('the dashboards of deploy/grafana, in the folder in which it looks for them', () => {
      const { providers } = provisioning('dashboards') as {
        providers: readonly { readonly options: { readonly path: string } }[];
      };
      const folders = providers.map(
        ({ options }) => mountsOf('grafana').find(({ target }) => target === options.path)?.source,
      );
      assert.deepEqual(folders, ['./deploy/grafana']);
      const dashboards = readdirSync(join(root, 'deploy', 'grafana')).filter((name) => name.endsWith('.json'));
      assert.ok(dashboards.length > 0);
      for (const name of dashboards) {
        const { title, uid } = JSON.parse(readFileSync(join(root, 'deploy', 'grafana', name), 'utf8')) as {
          title?: string;
          uid?: string;
        };
        assert.ok(title !== undefined && uid !== undefined, `${name} needs a title and a uid`);
      }
    });
  });
});
