import { dirname, join } from 'node:path';
import { canInstallDebianPackages, installDebianPackage } from './debian-packages.ts';
import { findProgram, isExecutable } from './find-program.ts';

/**
 * The paths of `prometheus` and `promtool`: that which `ACR_TESTS_PROMETHEUS` names, with the promtool beside it, otherwise from the PATH,
 * or installed where packages may be installed.
 */
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
  const named = process.env['ACR_TESTS_PROMETHEUS'] ?? '';
  if (named !== '' && !isExecutable(named))
    throw new Error(`ACR_TESTS_PROMETHEUS=${named} is no program: name the path of a prometheus, or unset it`);
  const prometheus = named === '' ? findProgram(['prometheus']) : named;
  // That of another release may refuse what this one accepts, but is better than none.
  const promtool = (named === '' ? undefined : programIn(dirname(named), 'promtool')) ?? findProgram(['promtool']);
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}

function programIn(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return isExecutable(path) ? path : undefined;
}
