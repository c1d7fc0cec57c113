import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { cachedPart } from './cache.ts';
import { canInstallDebianPackages, installDebianPackage } from './debian-packages.ts';
import { findProgram } from './find-program.ts';

/**
 * The path of `redis-server` (or `valkey-server`): from the PATH, or installed where packages may be installed.
 *
 * Debian's `redis-tools` holds the server's binary too (`redis-check-rdb` acts by the name it is called under); the
 * package `redis-server` would only add a system service that nobody asked for.
 */
export async function ensureRedis(): Promise<string> {
  const present = findProgram(['redis-server', 'valkey-server'], ['/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin']);
  if (present !== undefined) return present;
  if (!canInstallDebianPackages()) {
    throw new Error('redis-server is not on the PATH: install Redis 6.2 or newer (package redis-server, or redis)');
  }
  let binary = findProgram(['redis-check-rdb']);
  if (binary === undefined) {
    await installDebianPackage('redis-tools');
    binary = findProgram(['redis-check-rdb']);
  }
  if (binary === undefined) throw new Error('the package redis-tools brought no redis-check-rdb: install redis-server');
  const target = binary;
  const folder = await cachedPart({
    name: 'redis-server',
    version: 'linked',
    inputs: [target],
    make: (unfinished) => symlink(target, join(unfinished, 'redis-server')),
  });
  return join(folder, 'redis-server');
}
