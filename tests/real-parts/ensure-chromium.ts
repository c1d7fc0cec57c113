import { canInstallDebianPackages, installDebianPackage } from './debian-packages.ts';
import { findProgram } from './find-program.ts';

/** The path of a Chromium that playwright-core can drive: from the PATH, or installed where packages may be installed. */
export async function ensureChromium(): Promise<string> {
  const present = find();
  if (present !== undefined) return present;
  if (!canInstallDebianPackages()) {
    throw new Error('no Chromium is on the PATH: install one (package chromium, or Google Chrome)');
  }
  await installDebianPackage('chromium');
  const installed = find();
  if (installed === undefined) throw new Error('the package chromium brought no chromium');
  return installed;
}

function find(): string | undefined {
  return findProgram(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']);
}
