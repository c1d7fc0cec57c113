import { readFileSync, readdirSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { cachedPart } from './cache.ts';
import { isExecutable } from './find-program.ts';
import { buildWithGo, withoutSymbols } from './go-toolchain.ts';
import { progress, progressWhile } from './progress.ts';
import { repositoryRoot } from './repository-root.ts';

const kubernetesVersion = '1.36.3';

/** Paths of the control plane's programs. */
export type ControlPlanePrograms = Readonly<Record<ProgramName, string>>;

const programNames = ['kube-apiserver', 'kube-controller-manager', 'kubectl', 'etcd'] as const;
type ProgramName = (typeof programNames)[number];

/**
 * The programs of a real control plane: those in `KUBEBUILDER_ASSETS` when all four are there, otherwise one binary
 * built from Go modules (five minutes on two cores) and kept in the cache.
 */
export async function ensureControlPlane(): Promise<ControlPlanePrograms> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets !== undefined && assets !== '') {
    const missing = programNames.filter((name) => !isExecutable(join(assets, name)));
    if (missing.length === 0) return programsIn(assets);
    progress(`KUBEBUILDER_ASSETS=${assets} lacks ${missing.join(', ')}: using a control plane of our own build`);
  }
  return programsIn(await builtControlPlane());
}

function programsIn(folder: string): ControlPlanePrograms {
  return {
    'kube-apiserver': join(folder, 'kube-apiserver'),
    'kube-controller-manager': join(folder, 'kube-controller-manager'),
    kubectl: join(folder, 'kubectl'),
    etcd: join(folder, 'etcd'),
  };
}

async function builtControlPlane(): Promise<string> {
  const source = join(repositoryRoot(), 'tests', 'real-parts', 'control-plane');
  return cachedPart({
    name: 'control-plane',
    version: kubernetesVersion,
    inputs: [linkerFlags, ...sourceTexts(source)],
    make: async (folder) => {
      const what = `building Kubernetes ${kubernetesVersion} and etcd from Go modules, once; takes 5 to 10 minutes`;
      await progressWhile(what, () =>
        buildWithGo(['build', '-o', join(folder, 'control-plane'), '.'], { cwd: source, linkerFlags }),
      );
      // The binary asks under which name it was called.
      for (const name of programNames) await symlink('control-plane', join(folder, name));
    },
  });
}

const linkerFlags = [
  withoutSymbols,
  `-X k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`,
  '-X k8s.io/component-base/version.gitMajor=1',
  '-X k8s.io/component-base/version.gitMinor=36',
  `-X k8s.io/client-go/pkg/version.gitVersion=v${kubernetesVersion}`,
].join(' ');

function sourceTexts(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.go') || name.startsWith('go.'))
    .toSorted()
    .map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8')}`);
}
