import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { ensurePodmanCompose } from '../real-parts/ensure-compose.ts';
import { freeLoopbackPort } from '../real-parts/loopback-port.ts';
import { progressWhile } from '../real-parts/progress.ts';
import { repositoryRoot } from '../real-parts/repository-root.ts';
import { mustRun } from '../real-parts/run-command.ts';
import type { BuiltImages } from './built-images.ts';
import { readComposeFile } from './compose-file.ts';

/** docker-compose.yml, brought up with podman. */
export type ComposeStack = {
  /** Addresses of what is published on loopback. */
  readonly urls: Readonly<Record<'page' | 'cloud' | 'cluster' | 'prometheus', string>>;
  /** Names of the containers that the stack has, whatever their state. */
  readonly containers: () => Promise<readonly string[]>;
  /** The name of a service's container; they are counted from 1. */
  readonly container: (service: string, number?: number) => string;
  /** Calls podman, in the store in which the stack runs; throws when it fails. */
  readonly podman: (...args: readonly string[]) => Promise<string>;
  readonly down: () => Promise<void>;
};

/** Grafana's own image is in no registry of packages: its service cannot be brought up by a test. */
const servicesThatRun = ['redis', 'cloud', 'cluster', 'watcher', 'fetcher', 'writer', 'prometheus'] as const;

/** Brings every service up but Grafana's. Throws when one cannot be started. */
export async function startComposeStack(images: BuiltImages): Promise<ComposeStack> {
  const { tools, standIns } = images;
  const compose = await ensurePodmanCompose();
  const podman = async (...args: readonly string[]): Promise<string> =>
    (await mustRun(tools.podman, args, { env: tools.env, timeoutSeconds: 60 })).stdout;
  const { services } = readComposeFile();
  await podman('tag', standIns.redis, `docker.io/library/${services['redis']?.image}`);
  await podman('tag', standIns.prometheus, `docker.io/${services['prometheus']?.image}`);
  await removeStacksOfTheDead(podman);

  const ports = await portsOf(['page', 'cloud', 'cluster', 'prometheus']);
  const project = `${projectPrefix}${process.pid}`;
  const env = {
    ...tools.env,
    ...compose.environment,
    ACR_HELPER_IMAGE: images.helper,
    ACR_HELPER_SIMULATORS_IMAGE: images.simulators,
    ACR_HELPER_PORT: String(ports.page),
    ACR_HELPER_CLOUD_PORT: String(ports.cloud),
    ACR_HELPER_CLUSTER_PORT: String(ports.cluster),
    ACR_HELPER_PROMETHEUS_PORT: String(ports.prometheus),
  };
  const removeAtExit = (): void => {
    for (let pass = 0; pass < passes; pass += 1) {
      const args = removal(project);
      if (spawnSync(tools.podman, args, { env: tools.env, timeout: 20_000 }).status === 0) return;
    }
  };
  process.once('exit', removeAtExit);
  const which = ['--file', join(repositoryRoot(), 'docker-compose.yml'), '--project-name', project];
  const up = ['--podman-run-args=--pull=never', 'up', '--detach', '--no-build', ...servicesThatRun];
  await progressWhile('bringing docker-compose.yml up; takes seconds', () =>
    mustRun(compose.program, [...compose.firstArguments, ...which, ...up], { env, timeoutSeconds: 120 }),
  );
  return {
    urls: {
      page: `http://127.0.0.1:${ports.page}`,
      cloud: `http://127.0.0.1:${ports.cloud}`,
      cluster: `http://127.0.0.1:${ports.cluster}`,
      prometheus: `http://127.0.0.1:${ports.prometheus}`,
    },
    containers: async () =>
      words(await podman('ps', '--all', '--filter', `label=${projectLabel}=${project}`, '--format={{.Names}}')),
    container: (service, number = 1) => `${project}_${service}_${number}`,
    podman,
    down: async () => {
      await removeStack(podman, project);
      process.removeListener('exit', removeAtExit);
    },
  };
}

const projectPrefix = 'acr-test-';
const projectLabel = 'io.podman.compose.project';
const networkSuffix = '_default';

/** Containers that wait for others must go first, and podman does not always get the order right. */
const passes = 3;

function removal(project: string): readonly string[] {
  const which = ['--depend', '--filter', `label=${projectLabel}=${project}`];
  return ['rm', '--force', '--ignore', '--volumes', '--time=0', ...which];
}

async function removeStack(podman: ComposeStack['podman'], project: string): Promise<void> {
  let problem: unknown;
  for (let pass = 0; pass < passes; pass += 1) {
    problem = await podman(...removal(project)).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (problem === undefined) break;
  }
  if (problem !== undefined) throw problem;
  await podman('network', 'rm', '--force', project + networkSuffix);
}

/** Containers outlive whoever started them; after a SIGKILL nobody removed them. Each stack has a network. */
async function removeStacksOfTheDead(podman: ComposeStack['podman']): Promise<void> {
  for (const network of words(await podman('network', 'ls', '--format={{.Name}}'))) {
    if (!network.startsWith(projectPrefix) || !network.endsWith(networkSuffix)) continue;
    const project = network.slice(0, -networkSuffix.length);
    if (!isAlive(Number(project.slice(projectPrefix.length)))) await removeStack(podman, project);
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

async function portsOf<Name extends string>(names: readonly Name[]): Promise<Readonly<Record<Name, number>>> {
  const ports = new Set<number>();
  while (ports.size < names.length) ports.add(await freeLoopbackPort());
  return Object.fromEntries(names.map((name, index) => [name, [...ports][index]])) as Record<Name, number>;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter(Boolean);
}
