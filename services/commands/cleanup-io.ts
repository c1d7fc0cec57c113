import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../common/runtime/settings.ts';
import { buildCleanupWorld } from '../wiring-cleanup.ts';
import { cleanup } from './cleanup.ts';
import type { CleanupResult } from './cleanup-tally.ts';
import { readOutputFormat } from './screen/terminal.ts';

export type CleanupFlags = { readonly dryRun: boolean; readonly output: unknown; readonly onlyNames: unknown };

/** `cleanup` on a real cluster and real streams. Answers with the exit code: 1 when something is left. Throws `Failure`. */
export async function cleanupCluster(settings: Settings, { dryRun, output, onlyNames }: CleanupFlags): Promise<number> {
  const format = readOutputFormat(output);
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  const { world, ownSecretNames, close } = await buildCleanupWorld(settings, sleepSeconds);
  try {
    const result = await cleanup(world, {
      dryRun,
      namespace: settings.configMap.namespace,
      secretName: settings.secretName,
      ownSecretNames,
      onlyNames: Array.isArray(onlyNames) ? onlyNames.flatMap((names) => String(names).split(',')) : undefined,
      tell: format === 'text' ? write : () => undefined,
      progress: createProgressLine(note, Date.now),
    });
    if (format === 'json') write(JSON.stringify(result, undefined, 2));
    else describe(result).forEach(note);
    return result.failed > 0 || result.stillWritten ? 1 : 0;
  } finally {
    await close();
  }
}

async function sleepSeconds(seconds: number): Promise<void> {
  await sleep(seconds * 1000);
}

/** A line every two seconds at most: for a person who waits and for the log of a Job alike. */
function createProgressLine(note: (line: string) => void, clock: () => number): (result: CleanupResult) => void {
  let lastAt = clock();
  return ({ accountsLookedAt, references, secrets }) => {
    if (clock() - lastAt < 2_000) return;
    lastAt = clock();
    note(`… ${accountsLookedAt} ServiceAccounts looked at, ${references} detached, ${secrets} Secrets removed`);
  };
}

function describe(result: CleanupResult): readonly string[] {
  const { dryRun, references, secrets, other, leftAlone, failures, failed, stillWritten } = result;
  const counts = `${references} ServiceAccounts detached, ${secrets} Secrets and ${other} objects of admission removed`;
  return [
    ...leftAlone.map((what) => `left alone: ${what} was not written by acr-credential-helper`),
    ...failures.map(({ what, code, message, hint }) => `not removed: ${what}: ${message}\n  → ${hint} (${code})`),
    ...(failed > failures.length ? [`… and ${failed - failures.length} more`] : []),
    ...(stillWritten ? [stillRunning] : []),
    dryRun ? `would be: ${counts}` : counts,
    ...(failed > 0 ? ['Not everything could be removed. It is safe to run this again: it goes on where it is.'] : []),
  ];
}

const stillRunning =
  'What was removed came back: a helper still runs. Stop it, for example with "kubectl -n kube-system scale deployment -l app.kubernetes.io/name=acr-credential-helper --replicas=0", and run this again.';
