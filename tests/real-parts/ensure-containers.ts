import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { cacheFolder } from './cache.ts';
import { canInstallDebianPackages, installDebianPackage } from './debian-packages.ts';
import { findProgram } from './find-program.ts';

/** Tools that build and run containers without a daemon, and the environment to call them with. */
export type ContainerTools = {
  readonly buildah: string;
  readonly podman: string;
  /** Points at a store of images and containers of its own, outside the checkout and beside the user's. */
  readonly env: NodeJS.ProcessEnv;
};

/** Buildah, podman and runc with a network: from the PATH, or installed where packages may be installed. */
export async function ensureContainers(): Promise<ContainerTools> {
  for (const [tool, packageName] of Object.entries(packages)) {
    if (findProgram([tool], toolFolders) !== undefined) continue;
    if (!canInstallDebianPackages()) {
      throw new Error(
        `${tool} is not on the PATH: install podman 4.3 and buildah 1.28 or newer, with runc and netavark`,
      );
    }
    await installDebianPackage(packageName);
  }
  return { buildah: found('buildah'), podman: found('podman'), env: { ...process.env, ...writeSettings() } };
}

/** Program and Debian package. */
const packages = {
  buildah: 'buildah',
  podman: 'podman',
  runc: 'runc',
  netavark: 'netavark',
  'aardvark-dns': 'aardvark-dns',
  iptables: 'iptables',
} as const;

/** Those of the network are no commands for everybody and lie elsewhere. */
const toolFolders = ['/usr/sbin', '/usr/lib/podman', '/usr/libexec/podman', '/usr/local/libexec/podman'];

function found(tool: keyof typeof packages): string {
  const path = findProgram([tool], toolFolders);
  if (path === undefined) throw new Error(`the package ${packages[tool]} brought no program ${tool}`);
  return path;
}

function writeSettings(): NodeJS.ProcessEnv {
  const folder = join(cacheFolder(), 'containers');
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  // What is running is forgotten with the next start of the machine, and paths of sockets are short.
  const running = join(tmpdir(), `acr-containers-${process.getuid?.() ?? 0}`);
  const write = (name: string, lines: readonly string[]): string => {
    const path = join(folder, name);
    writeFileSync(path, `${lines.join('\n')}\n`);
    return path;
  };
  return {
    CONTAINERS_CONF: write('containers.conf', containersConf(running)),
    CONTAINERS_STORAGE_CONF: write('storage.conf', [
      '[storage]',
      'driver = "overlay"',
      `graphroot = "${join(folder, 'storage')}"`,
      `runroot = "${join(running, 'storage')}"`,
    ]),
    CONTAINERS_REGISTRIES_CONF: write('registries.conf', ['unqualified-search-registries = ["docker.io"]']),
    // Caches of RUN --mount=type=cache, too.
    TMPDIR: temporary,
    // Not ours, and it would be the first choice.
    DOCKER_HOST: undefined,
  };
}

/** The limits that are set by default need a right that a container of CI does not have; neither is there a systemd. */
function containersConf(running: string): readonly string[] {
  return [
    '[containers]',
    'default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]',
    '[engine]',
    'runtime = "runc"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    `tmp_dir = "${join(running, 'engine')}"`,
    '[network]',
    'network_backend = "netavark"',
    `network_config_dir = "${join(running, 'networks')}"`,
  ];
}
