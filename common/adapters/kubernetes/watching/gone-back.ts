import { toFailure } from '../../../domain/failure.ts';
import { isNewer } from '../../../domain/namespaces/observation.ts';
import type { Outage } from '../requests/outage.ts';
import { listPage } from './list-page.ts';
import type { ListWatchSpec } from './list-watch-spec.ts';
import type { WatchEnd } from './watch-stream.ts';
import { backOffMs, sleep, unlessAborted, type WatchTools } from './watch-tools.ts';

/**
 * Asks the server until it answers whether it is behind `from`, a version that was seen before: then it was restored from a backup,
 * and a watch from there would be silent until its versions have caught up, without any error.
 *
 *     server   … 480 … 500 │ stopped, restored │ 310 … 320 …
 *     watch          from 500 ✕                   from 500: nothing, for as long as the versions are below 500
 *
 * One list of one object, which is a consistent read: it shows the version that the server has come to, however far the caches of
 * other API servers lag behind. Answers with `false` when aborted.
 */
export async function hasGoneBack(
  spec: ListWatchSpec<unknown>,
  tools: WatchTools,
  outage: Outage,
  from: string,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      const page = await unlessAborted(listPage(spec, tools, undefined, 1), signal);
      if (page === undefined) return false;
      tools.observer.activity?.(spec.resource, tools.clock());
      return isNewer(from, page.metadata.resourceVersion);
    } catch (error) {
      const failure = toFailure(error);
      await sleep(backOffMs(outage.failed(failure), tools, failure), signal);
    }
  }
  return false;
}

/**
 * Whether the server may be another one than before: a cluster is restored while its API server is away. A watch that brings something
 * dispels the doubt, and so a watch that is cut now and then costs no request.
 */
export function isDoubtfulAfter({ failure, isConfirmed }: WatchEnd, wasDoubtful: boolean): boolean {
  const wasAway = failure?.code === 'kubernetes-unreachable' || failure?.code === 'kubernetes-error';
  return wasAway || (wasDoubtful && !isConfirmed);
}
