import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** One thing that is made once and kept outside the checkout. */
export type CachedPart = {
  readonly name: string;
  readonly version: string;
  /** Everything else that the result depends on: source text, build commands, the platform. */
  readonly inputs: readonly string[];
  /** Fills an empty folder. It may be killed at any moment: only a complete folder is ever taken into the cache. */
  readonly make: (folder: string) => Promise<void>;
};

/** The folder of a part, made now when it is missing. Two processes that ask at once make it once. */
export async function cachedPart(part: CachedPart): Promise<string> {
  const folder = join(cacheFolder(), `${part.name}-${part.version}-${hashOf(part.inputs)}`);
  if (existsSync(folder)) return folder;
  return withLock(folder, async () => {
    if (existsSync(folder)) return folder;
    await removeUnfinished(folder);
    const unfinished = await mkdtemp(`${folder}${unfinishedMark}`);
    try {
      await part.make(unfinished);
      await rename(unfinished, folder);
    } catch (error) {
      // Two owners at once, after a lock was taken over from a process that was only slow: the first result stands.
      if (!existsSync(folder)) throw error;
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return folder;
  });
}

/** `$XDG_CACHE_HOME/acr-credential-helper`, or the same under `~/.cache`. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'acr-credential-helper');
}

/**
 * Runs `work` while no other process runs under the same name.
 *
 * The lock is a file with the owner's process id that the owner touches every few seconds. A lock whose owner is gone
 * (killed, machine restarted) is taken over, so that a killed build never blocks the next one.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lockPath = `${path}.lock`;
  mkdirSync(dirname(lockPath), { recursive: true });
  while (!tryLock(lockPath)) {
    if (isAbandoned(lockPath)) rmSync(lockPath, { force: true });
    else await sleep(250);
  }
  const heartbeat = setInterval(() => touch(lockPath), 5_000);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(lockPath, { force: true });
  }
}

const unfinishedMark = '.unfinished-';

/** What killed runs left behind. */
async function removeUnfinished(folder: string): Promise<void> {
  const prefix = basename(folder) + unfinishedMark;
  for (const name of readdirSync(dirname(folder))) {
    if (name.startsWith(prefix)) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

function hashOf(inputs: readonly string[]): string {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const input of inputs) hash.update('\0').update(input);
  return hash.digest('hex').slice(0, 12);
}

function tryLock(lockPath: string): boolean {
  try {
    const file = openSync(lockPath, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process may live in another container with its own process ids, hence the age as a second witness. */
function isAbandoned(lockPath: string): boolean {
  try {
    const ageSeconds = (Date.now() - statSync(lockPath).mtimeMs) / 1000;
    const owner = Number(readFileSync(lockPath, 'utf8'));
    return ageSeconds > 60 || (ageSeconds > 15 && !(owner > 0 && isAlive(owner)));
  } catch {
    return false; // The owner has just removed it; the next attempt will tell.
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function touch(path: string): void {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // Removed by somebody who took us for dead: the work goes on, and a rename onto an existing folder fails loudly.
  }
}
