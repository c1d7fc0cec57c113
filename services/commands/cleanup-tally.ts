import { toFailure } from '../../common/domain/failure.ts';

/** What a clean-up came to, or would come to. */
export type CleanupResult = {
  readonly dryRun: boolean;
  /** ServiceAccounts that lost references. */
  readonly references: number;
  readonly secrets: number;
  /** Objects of admission. */
  readonly other: number;
  /** All of these. */
  readonly removed: number;
  readonly accountsLookedAt: number;
  /** Whatever was removed came back, again and again: a helper still runs. */
  readonly stillWritten: boolean;
  /** What has one of our names and is not ours; the first hundred. */
  readonly leftAlone: readonly string[];
  readonly failed: number;
  /** The first hundred. */
  readonly failures: readonly {
    readonly what: string;
    readonly code: string;
    readonly message: string;
    readonly hint: string;
  }[];
};

export type CleanupKind = 'references' | 'secrets' | 'other';

export type CleanupTally = {
  /** Runs a removal and counts it; answers whether it is gone. Never throws. */
  removal(kind: CleanupKind, what: string, remove: () => Promise<unknown>): Promise<boolean>;
  looked(accounts: number): void;
  leftAlone(what: string): void;
  result(): CleanupResult;
};

/** Counts, and tells of each removal. */
export function createCleanupTally(options: {
  readonly dryRun: boolean;
  readonly tell: (line: string) => void;
  readonly progress: (result: CleanupResult) => void;
}): CleanupTally {
  const counts = { references: 0, secrets: 0, other: 0 };
  const leftAlone = new Set<string>();
  const failures = new Map<string, CleanupResult['failures'][number]>();
  let failed = 0;
  let accountsLookedAt = 0;
  const result = (): CleanupResult => ({
    dryRun: options.dryRun,
    ...counts,
    removed: counts.references + counts.secrets + counts.other,
    accountsLookedAt,
    stillWritten: false,
    leftAlone: [...leftAlone],
    failed,
    failures: [...failures.values()],
  });
  return {
    async removal(kind, what, remove) {
      try {
        await remove();
        counts[kind]++;
        options.tell(`${options.dryRun ? 'would remove' : 'removed'} ${what}`);
        return true;
      } catch (error) {
        const { code, message, hint } = toFailure(error);
        failed++;
        if (failures.size < maxListed) failures.set(what, { what, code, message, hint });
        return false;
      } finally {
        options.progress(result());
      }
    },
    looked(accounts) {
      accountsLookedAt += accounts;
      options.progress(result());
    },
    leftAlone: (what) => void (leftAlone.size < maxListed && leftAlone.add(what)),
    result,
  };
}

/** A result is for a person, and for a script that wants to know whether there are any. */
const maxListed = 100;
