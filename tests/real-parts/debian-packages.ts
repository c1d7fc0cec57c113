import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { cacheFolder, withLock } from './cache.ts';
import { findProgram } from './find-program.ts';
import { progressWhile } from './progress.ts';
import { mustRun, runCommand } from './run-command.ts';

/** Whether Debian packages can be installed here: root on Debian, Ubuntu or a relative of theirs. */
export function canInstallDebianPackages(): boolean {
  return process.getuid?.() === 0 && findProgram(['apt-get']) !== undefined && isDebian();
}

/**
 * Installs one Debian package without what it merely recommends, and without starting the service it may bring.
 *
 * One installation at a time: apt's own lock makes the second one fail at once instead of waiting.
 */
export async function installDebianPackage(name: string): Promise<void> {
  await withLock(join(cacheFolder(), 'apt'), async () => {
    await progressWhile(`installing the Debian package ${name} with apt-get; takes seconds`, async () => {
      const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', name];
      const first = await runCommand('apt-get', install, { env: quietEnvironment() });
      if (first.exitCode === 0) return;
      // The usual reason is that the lists of packages are missing (a fresh container) or too old.
      await mustRun('apt-get', ['update', '-q'], { env: quietEnvironment() });
      await mustRun('apt-get', install, { env: quietEnvironment() });
    });
  });
}

function isDebian(): boolean {
  if (!existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** `invoke-rc.d` starts no service in run level 1, which keeps a package's daemon from running beside the tests. */
function quietEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1', LC_ALL: 'C' };
}
