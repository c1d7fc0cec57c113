import type { Report } from '../../common/domain/happening.ts';
import { isNewer, type ObservedKind } from '../../common/domain/namespaces/observation.ts';
import type { BeforeList } from '../../common/ports/cluster-watcher.ts';
import type { ObservationStore } from '../../common/ports/stores.ts';
import { persistently } from '../../common/runtime/persistently.ts';

export type NoticeRestoreTools = {
  readonly observations: Pick<ObservationStore, 'newestSeen' | 'beginEra'>;
  /** In which the lists are made. */
  readonly era: string;
  readonly report: Report;
  readonly signal: AbortSignal;
};

export type RestoreNotice = {
  /** To be waited for before each list. */
  readonly beforeList: BeforeList;
  /** Whether a list of this version shows that the cluster was restored. Then everything is forgotten, and this list with it. */
  isProvenBy(listVersion: string): Promise<boolean>;
};

/**
 * Notices that the cluster was restored from a backup, by the lists of one kind of object. A list is a consistent read, and so never
 * older than what anybody saw before it began; unless its numbers have begun again:
 *
 *     everybody   ns@480  account@500 ······ etcd restored at 300 ······
 *     this watch                newest: 500 ─▶ list: 310       older than what was there before: a new era
 *
 * Only what was seen in the era of this round counts, and only while it lasts: of several watchers that notice the same restore, one
 * begins the new era.
 */
export function noticeRestore(kind: ObservedKind, tools: NoticeRestoreTools): RestoreNotice {
  const { observations, era, report } = tools;
  let newest: string | undefined;
  return {
    async beforeList() {
      newest = await keepTrying(tools, () => observations.newestSeen(kind));
    },
    async isProvenBy(listVersion) {
      if (newest === undefined || !isNewer(newest, listVersion)) return false;
      const hasBegun = await keepTrying(tools, () => observations.beginEra(era));
      if (hasBegun) report({ kind: 'cluster-restored', object: kind, seen: newest, listed: listVersion });
      return true;
    },
  };
}

function keepTrying<T>({ signal, report }: NoticeRestoreTools, work: () => Promise<T>): Promise<T> {
  return persistently(work, {
    signal,
    onFailure: (failure, retryInSeconds) =>
      report({ kind: 'message-failed', message: 'watch', key: 'cluster', failure, retryInSeconds }),
  });
}
