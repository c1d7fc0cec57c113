import { canInstallDebianPackages, installDebianPackage } from './debian-packages.ts';
import { findProgram } from './find-program.ts';

/** The paths of `prometheus` and `promtool`: from the PATH, or installed where packages may be installed. */
export async function ensurePrometheus(): Promise<{ readonly prometheus: string; readonly promtool: string }> {
  const present = find();
  if (present !== undefined) return present;
  if (!canInstallDebianPackages()) {
    throw new Error(
      'prometheus and promtool are not on the PATH: install Prometheus 2.42 or newer (package prometheus)',
    );
  }
  await installDebianPackage('prometheus');
  const installed = find();
  if (installed === undefined) throw new Error('the package prometheus brought no prometheus and promtool');
  return installed;
}

function find(): { readonly prometheus: string; readonly promtool: string } | undefined {
  const prometheus = findProgram(['prometheus']);
  const promtool = findProgram(['promtool']);
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}
