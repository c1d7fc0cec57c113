import { canInstallDebianPackages, installDebianPackage } from './debian-packages.ts';
import { findProgram } from './find-program.ts';

/** The path of a Docker registry (distribution 2.8 or newer): from the PATH, or installed where that is possible. */
export async function ensureRegistry(): Promise<string> {
  const present = findRegistry();
  if (present !== undefined) return present;
  if (!canInstallDebianPackages()) {
    throw new Error('docker-registry is not on the PATH: install the package docker-registry (or distribution 2.8)');
  }
  await installDebianPackage('docker-registry');
  const installed = findRegistry();
  if (installed === undefined) throw new Error('the package docker-registry brought no program docker-registry');
  return installed;
}

/** Distributions name it `docker-registry`; the project's own releases name it `registry`. */
function findRegistry(): string | undefined {
  return findProgram(['docker-registry', 'registry'], ['/usr/local/bin', '/usr/bin']);
}
